package io.github.visualbert.cli.evaluate;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.vision.Box;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The regions that a model found for the phrases of captions: lines that {@code visualbert run}
 * wrote, each answer with {@code phrase}, {@code region}, {@code score} and perhaps {@code box}.
 */
final class FlickrPredictions {
  private FlickrPredictions() {}

  /** The rankings for one caption. */
  static final class Rankings {
    private final Map<String, List<Ranking>> byPhrase = new HashMap<>();
    private String last; // phrase

    /**
     * Returns the rankings for a phrase, one for each time it was asked for: a caption may say "a
     * man" twice.
     */
    List<Ranking> of(String phrase) {
      return byPhrase.getOrDefault(phrase.toLowerCase(Locale.ROOT), List.of());
    }

    /** Returns the phrases there are rankings for, in lower case. */
    Iterable<String> phrases() {
      return byPhrase.keySet();
    }

    /**
     * Adds the next region for a phrase. The regions of a ranking stand together, their scores fall
     * and none comes twice. So another phrase between, a rising score or a repeated region begins
     * the next ranking of the same phrase.
     */
    private void add(String phrase, int region, Box box, double score) {
      List<Ranking> rankings =
          byPhrase.computeIfAbsent(phrase.toLowerCase(Locale.ROOT), p -> new ArrayList<>());
      if (rankings.isEmpty()
          || !phrase.equals(last)
          || score > rankings.getLast().lowest
          || rankings.getLast().regions.contains(region)) {
        rankings.add(new Ranking());
      }
      rankings.getLast().add(region, box, score);
      last = phrase;
    }
  }

  /** Regions of a picture, the most probable first. */
  static final class Ranking {
    private final List<Integer> regions = new ArrayList<>();
    private final List<Box> boxes = new ArrayList<>();
    private double lowest;

    private void add(int region, Box box, double score) {
      regions.add(region);
      boxes.add(box);
      lowest = score;
    }

    List<Integer> regions() {
      return regions;
    }

    /** Returns where they are, as fractions of the picture; null where the line does not say. */
    List<Box> boxes() {
      return boxes;
    }
  }

  static Predictions<Rankings> read(Path file) {
    Predictions<Rankings> predictions = new Predictions<>(file);
    JsonRecords.forEach(
        file,
        (record, line) -> {
          ReplyLine reply = ReplyLine.of(record, "flickr");
          String id = FlickrCaption.withoutEnding(reply.id());
          if (reply.failed()) {
            predictions.addFailure(id, line);
          } else {
            predictions.add(id, line, rankings(reply.answers()));
          }
        });
    return predictions;
  }

  private static Rankings rankings(JsonArray answers) {
    Rankings rankings = new Rankings();
    for (int i = 0; i < answers.size(); i++) {
      JsonObject answer = answers.getObject(i);
      int region = answer.getInt("region");
      if (region < 0) {
        throw answer.expected("region", "at least 0");
      }
      rankings.add(answer.getString("phrase"), region, box(answer), answer.getDouble("score"));
    }
    return rankings;
  }

  private static Box box(JsonObject answer) {
    if (!answer.has("box")) {
      return null;
    }
    JsonArray corners = answer.getArray("box");
    if (corners.size() != 4) {
      throw answer.expected("box", "[left, top, right, bottom]");
    }
    return new Box(
        (float) corners.getDouble(0),
        (float) corners.getDouble(1),
        (float) corners.getDouble(2),
        (float) corners.getDouble(3));
  }
}
