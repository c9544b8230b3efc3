package io.github.visualbert.cli.evaluate;

import java.util.SortedMap;

/**
 * Recalls on Flickr30k Entities.
 *
 * @param types by type of entity: {@code people}, {@code clothing}, {@code bodyparts}, {@code
 *     animals}, {@code vehicles}, {@code instruments}, {@code scene}, {@code other}
 */
public record FlickrScores(Recall all, SortedMap<String, Recall> types, Coverage coverage)
    implements Scores {
  /**
   * How many phrases were found.
   *
   * @param at1 those whose first region is right
   * @param at5 those with a right one among the first five; null when fewer were predicted
   * @param at10 those with a right one among the first ten; null when fewer were predicted
   * @param upperBound those with a right one among all regions of the picture; null when those are
   *     not known
   */
  public record Recall(Share at1, Share at5, Share at10, Share upperBound) {}
}
