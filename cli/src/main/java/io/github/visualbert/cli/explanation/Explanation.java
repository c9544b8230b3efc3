package io.github.visualbert.cli.explanation;

import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.task.AttentionRows;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.task.HeadSelection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model answered, and what it looked at.
 *
 * @param pair the second text, or null
 * @param answers empty for a task without any
 * @param layers how many layers the model has
 * @param heads how many heads each layer has
 * @param maps of the selected heads, with the rollout
 * @param pictures one or two
 * @param focus the words that are asked for, by their indices; empty for all
 */
public record Explanation(
    TaskName task,
    Request request,
    String pair,
    List<NamedAnswer> answers,
    int layers,
    int heads,
    AttentionMaps maps,
    List<ShownPicture> pictures,
    int[] focus) {

  /**
   * An answer.
   *
   * @param about the part of the text it is about, or null
   */
  public record NamedAnswer(String about, Answer answer) {}

  public AttentionRows rows() {
    return maps.rows();
  }

  /** Returns the indices of the words of the texts, without tokens that the model adds. */
  public int[] textWords() {
    List<Word> words = rows().words();
    return IntStream.range(0, words.size())
        .filter(i -> words.get(i).source() != Source.ADDED)
        .toArray();
  }

  /** Returns what a region is called, given its number among those of all pictures. */
  public String regionName(int region) {
    int picture = rows().pictureOf(region);
    int number = region;
    for (int before = 0; before < picture; before++) {
      number -= pictures.get(before).regions();
    }
    String name = pictures.get(picture).name(number);
    return pictures.size() == 1 ? name : "picture " + (picture + 1) + ", " + name;
  }

  /** Returns how much of the attention of the average word goes to regions. */
  double mass(AttentionMap map) {
    int[] words = textWords();
    return words.length == 0 ? 0 : map.ground(words).mass();
  }

  /**
   * Returns the head among selected ones whose words, those that are asked for, attend to regions
   * most.
   */
  public AttentionMap mostOnRegions(HeadSelection selection) {
    int[] words = focus.length > 0 ? focus : textWords();
    AttentionMap best = null;
    double most = -1;
    for (AttentionMap map : maps.maps()) {
      if (selection.contains(map.layer(), map.head())) {
        double mass = words.length == 0 ? 0 : map.ground(words).mass();
        best = mass > most ? map : best;
        most = Math.max(most, mass);
      }
    }
    return best;
  }

  /** Returns what a map is called. */
  public static String name(AttentionMap map) {
    return map.head() == AttentionMap.ALL_HEADS
        ? "rollout up to layer " + map.layer()
        : "layer " + map.layer() + ", head " + map.head();
  }
}
