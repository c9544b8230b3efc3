package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.FlickrCaption.Phrase;
import io.github.visualbert.cli.evaluate.FlickrPredictions.Ranking;
import io.github.visualbert.cli.evaluate.FlickrPredictions.Rankings;
import io.github.visualbert.cli.evaluate.FlickrScores.Recall;
import io.github.visualbert.cli.evaluate.Predictions.Prediction;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.vision.Box;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The recalls of Flickr30k Entities (Plummer et al. 2015) as the authors of VisualBERT measure
 * them: a region is right for a phrase when its intersection over union with one of the entity's
 * boxes, any of them by itself, is at least 0.5. Boxes are not merged. Phrases without a box do not
 * count; one with several types counts for each of them, and once in all.
 */
public final class FlickrRecall {
  private final Pairing<Rankings> pairing;
  private final RegionBoxes regions; // null for those that the predictions hold
  private final Count all = new Count();
  private final SortedMap<String, Count> types = new TreeMap<>();
  private int depth = Integer.MAX_VALUE; // of the shortest ranking that does not hold all regions
  private int longest; // of all rankings

  private FlickrRecall(Pairing<Rankings> pairing, RegionBoxes regions) {
    this.pairing = pairing;
    this.regions = regions;
  }

  /**
   * Scores predictions.
   *
   * @param annotations the published folder, or lines of JSON
   * @param regions where the regions lie: JSON, or the feature file that the model read; null where
   *     the predictions say it, but then not what is possible at all
   * @param split a file with the names of the pictures that count, one a line; null for all
   * @param allowMissing whether phrases without a prediction count as wrong, and predictions
   *     without a phrase do not count
   * @throws InputException when a file is invalid, or predictions are missing and must not
   */
  public static FlickrScores evaluate(
      Path predictions, Path annotations, Path regions, Path split, boolean allowMissing) {
    Pairing<Rankings> pairing =
        new Pairing<>(FlickrPredictions.read(predictions), annotations, allowMissing);
    try (RegionBoxes boxes = regions == null ? null : RegionBoxes.open(regions)) {
      FlickrRecall recall = new FlickrRecall(pairing, boxes);
      FlickrAnnotations.forEach(annotations, split, recall::add);
      return recall.scores(annotations, pairing.finish());
    }
  }

  private void add(FlickrCaption caption) {
    Prediction<Rankings> prediction = pairing.find(caption.id(), caption.line());
    if (prediction != null) {
      noteUnmarked(caption, prediction.value());
    }
    Map<String, Integer> marked = new HashMap<>(); // occurrences of a phrase so far
    Map<String, Integer> counted = new HashMap<>(); // the same, of phrases that count
    for (Phrase phrase : caption.phrases()) {
      String words = phrase.words().toLowerCase(Locale.ROOT);
      int nth = marked.merge(words, 1, Integer::sum) - 1;
      if (phrase.counts()) {
        int nthCounted = counted.merge(words, 1, Integer::sum) - 1;
        add(caption, phrase, ranking(caption, prediction, phrase, nth, nthCounted));
      }
    }
  }

  private void noteUnmarked(FlickrCaption caption, Rankings rankings) {
    Set<String> marked = new HashSet<>();
    caption.phrases().forEach(phrase -> marked.add(phrase.words().toLowerCase(Locale.ROOT)));
    for (String phrase : rankings.phrases()) {
      if (!marked.contains(phrase)) {
        pairing.extra(name(caption, phrase));
      }
    }
  }

  /**
   * Returns the ranking for a phrase, or null when there is none.
   *
   * @param nth how many phrases of the same words come before it
   * @param nthCounted how many of those count; the model may have been asked for these alone
   */
  private Ranking ranking(
      FlickrCaption caption,
      Prediction<Rankings> prediction,
      Phrase phrase,
      int nth,
      int nthCounted) {
    List<Ranking> found = prediction == null ? List.of() : prediction.value().of(phrase.words());
    if (found.isEmpty()) {
      pairing.missing(name(caption, phrase.words()));
      return null;
    }
    List<Phrase> same =
        caption.phrases().stream()
            .filter(other -> other.words().equalsIgnoreCase(phrase.words()))
            .toList();
    long counting = same.stream().filter(Phrase::counts).count();
    if (found.size() == same.size()) {
      return found.get(nth);
    }
    if (found.size() == counting) {
      return found.get(nthCounted);
    }
    throw prediction
        .line()
        .mismatch(
            "\"%s\" is marked %d times in the caption, found %d rankings of it"
                .formatted(phrase.words(), same.size(), found.size()));
  }

  private static String name(FlickrCaption caption, String words) {
    return "%s \"%s\"".formatted(caption.id(), words);
  }

  private void add(FlickrCaption caption, Phrase phrase, Ranking ranking) {
    List<PixelBox> boxes = regions == null ? null : regions.of(caption);
    int first = Integer.MAX_VALUE; // the rank of the first right region, from 0
    if (ranking != null) {
      int size = ranking.regions().size();
      for (int rank = size - 1; rank >= 0; rank--) {
        PixelBox box =
            boxes == null
                ? box(caption, ranking.boxes().get(rank))
                : box(caption, ranking.regions().get(rank), boxes);
        first = phrase.isAt(box) ? rank : first;
      }
      longest = Math.max(longest, size);
      if (boxes != null && size < boxes.size()) {
        depth = Math.min(depth, size);
      }
    }
    boolean possible = boxes != null && boxes.stream().anyMatch(phrase::isAt);
    all.add(first, possible);
    for (String type : new HashSet<>(phrase.types())) {
      types.computeIfAbsent(type, t -> new Count()).add(first, possible);
    }
  }

  private PixelBox box(FlickrCaption caption, int region, List<PixelBox> boxes) {
    if (region >= boxes.size()) {
      throw pairing
          .line(caption.id())
          .mismatch(
              "region is %d, picture %s has %d regions"
                  .formatted(region, caption.image(), boxes.size()));
    }
    return boxes.get(region);
  }

  private PixelBox box(FlickrCaption caption, Box predicted) {
    if (predicted == null) {
      throw pairing
          .line(caption.id())
          .mismatch("expected the box of each region, or --regions with the boxes of the pictures");
    }
    return PixelBox.of(predicted, caption);
  }

  private FlickrScores scores(Path annotations, Coverage coverage) {
    if (all.phrases == 0) {
      throw new InputException(
          Kind.MISMATCH, annotations + ": expected phrases with boxes, found none");
    }
    boolean bounded = regions != null;
    // Without the regions of a picture, a ranking shorter than the longest holds all of them.
    int known = bounded ? depth : longest;
    SortedMap<String, Recall> recalls = new TreeMap<>();
    types.forEach((type, count) -> recalls.put(type, count.recall(known, bounded)));
    return new FlickrScores(all.recall(known, bounded), recalls, coverage);
  }

  /** Phrases, and up to which rank they were found. */
  private static final class Count {
    private long phrases;
    private long at1;
    private long at5;
    private long at10;
    private long possible;

    void add(int first, boolean isPossible) {
      phrases++;
      at1 += first < 1 ? 1 : 0;
      at5 += first < 5 ? 1 : 0;
      at10 += first < 10 ? 1 : 0;
      possible += isPossible ? 1 : 0;
    }

    Recall recall(int depth, boolean bounded) {
      return new Recall(
          new Share(at1, phrases),
          depth < 5 ? null : new Share(at5, phrases),
          depth < 10 ? null : new Share(at10, phrases),
          bounded ? new Share(possible, phrases) : null);
    }
  }
}
