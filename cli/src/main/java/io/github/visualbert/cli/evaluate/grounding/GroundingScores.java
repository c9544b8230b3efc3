package io.github.visualbert.cli.evaluate.grounding;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * How well the heads of a model ground words.
 *
 * @param baselines those that are known for these pictures
 * @param all the words that stand for phrases
 * @param types the same by type of entity
 * @param relations the most frequent first; empty without dependencies
 * @param left what was left out
 */
public record GroundingScores(
    long pictures,
    long sentences,
    Set<Baseline> baselines,
    HeadTally all,
    SortedMap<String, HeadTally> types,
    List<Relation> relations,
    LeftOut left) {

  /**
   * Dependencies of one relation, in one direction.
   *
   * @param name as the file says
   * @param fromDependent whether the dependent attends to the region of its head; otherwise the
   *     head attends to that of its dependent
   */
  public record Relation(String name, boolean fromDependent, HeadTally tally) {}

  /**
   * What could not be measured.
   *
   * @param pictures that are missing
   * @param phrases that the model does not read, as their sentence is too long
   * @param rows of the dependencies that are not found in their sentence
   * @param unparsed sentences without dependencies; 0 where none were asked for
   */
  public record LeftOut(long pictures, long phrases, long rows, long unparsed) {}
}
