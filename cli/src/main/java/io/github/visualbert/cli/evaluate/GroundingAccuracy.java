package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.GroundingCaption.Aim;
import io.github.visualbert.cli.evaluate.grounding.Baseline;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores.LeftOut;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores.Relation;
import io.github.visualbert.cli.evaluate.grounding.HeadTally;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMap.Grounding;
import io.github.visualbert.task.AttentionRows;
import io.github.visualbert.task.HeadSelection;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How well the attention heads of a model ground words, as the authors of VisualBERT measure it (Li
 * et al. 2019, section 5): of the row of a word what goes to the text is dropped, and the region
 * with most of the rest must overlap one of the entity's boxes by 0.5. The word of a phrase is its
 * last one; its pieces are averaged. Not thread-safe.
 */
final class GroundingAccuracy {
  private final AttentionGrounding model;
  private final boolean ranked;
  private final HeadTally all;
  private final SortedMap<String, HeadTally> types = new TreeMap<>();
  private final Map<String, Relation> relations = new LinkedHashMap<>();
  private final Set<String> pictures = new HashSet<>();
  private final Names cutOff = new Names();
  private final Names lost = new Names();
  private final Names unparsed = new Names();
  private long sentences;

  /**
   * Begins to measure.
   *
   * @param ranked whether the first region is the one that a detector is surest of
   */
  GroundingAccuracy(AttentionGrounding model, boolean ranked) {
    this.model = model;
    this.ranked = ranked;
    this.all = tally();
  }

  private HeadTally tally() {
    return new HeadTally(model.layers(), model.heads());
  }

  /** What one word is counted for. */
  private record Target(int[] words, boolean[] right, List<HeadTally> tallies) {
    void add(AttentionMap map) {
      Grounding found = map.ground(words);
      for (HeadTally tally : tallies) {
        tally.head(map.layer(), map.head(), right[found.region()], found.mass());
      }
    }
  }

  /**
   * Measures a caption.
   *
   * @param dependencies the file that has them, or null
   */
  void add(FlickrCaption caption, VisualFeatures picture, ConlluFile dependencies) {
    ConlluSentence sentence = dependencies == null ? null : dependencies.find(caption);
    GroundingCaption measured = GroundingCaption.of(caption, sentence);
    if (dependencies != null && sentence == null) {
      unparsed.add(caption.id());
    }
    measured.lost().forEach(token -> lost.add(token.line() + ": " + token.form()));
    sentences++;
    pictures.add(caption.image());
    if (measured.aims().isEmpty()) {
      return;
    }
    List<Target> targets = new ArrayList<>();
    boolean[] begun = {false};
    model.visit(
        Input.of(caption.text(), picture),
        HeadSelection.all(),
        map -> {
          if (!begun[0]) {
            begun[0] = true;
            targets.addAll(targets(measured, caption, picture, map.rows()));
          }
          targets.forEach(target -> target.add(map));
        });
  }

  /** Returns the words that the model reads, after counting them. */
  private List<Target> targets(
      GroundingCaption measured,
      FlickrCaption caption,
      VisualFeatures picture,
      AttentionRows rows) {
    List<PixelBox> regions =
        picture.boxes().stream().map(box -> PixelBox.of(box, caption)).toList();
    Map<Baseline, Integer> choices =
        Baseline.choices(picture.boxes(), caption.width(), caption.height(), ranked);
    List<Target> targets = new ArrayList<>();
    for (Aim aim : measured.aims()) {
      int[] words = rows.wordsWithin(aim.word().begin(), aim.word().end());
      if (words.length == 0) {
        if (aim.relation() == null) {
          cutOff.add("%s \"%s\"".formatted(caption.id(), aim.entity().words()));
        }
        continue;
      }
      boolean[] right = new boolean[regions.size()];
      boolean any = false;
      for (int i = 0; i < right.length; i++) {
        right[i] = aim.entity().isAt(regions.get(i));
        any |= right[i];
      }
      Set<Baseline> hits = EnumSet.noneOf(Baseline.class);
      choices.forEach(
          (baseline, region) -> {
            if (right[region]) {
              hits.add(baseline);
            }
          });
      List<HeadTally> tallies = tallies(aim);
      for (HeadTally tally : tallies) {
        tally.word(hits, any);
      }
      targets.add(new Target(words, right, tallies));
    }
    return targets;
  }

  private List<HeadTally> tallies(Aim aim) {
    List<HeadTally> tallies = new ArrayList<>();
    if (aim.relation() != null) {
      String key = aim.relation() + (aim.fromDependent() ? " 0" : " 1");
      Relation relation =
          relations.computeIfAbsent(
              key, _ -> new Relation(aim.relation(), aim.fromDependent(), tally()));
      return List.of(relation.tally());
    }
    tallies.add(all);
    for (String type : new HashSet<>(aim.entity().types())) {
      tallies.add(types.computeIfAbsent(type, _ -> tally()));
    }
    return tallies;
  }

  /** Returns phrases that the model does not read, as their caption is too long. */
  Names cutOff() {
    return cutOff;
  }

  /** Returns the rows of dependencies that are not found in their caption. */
  Names lost() {
    return lost;
  }

  /** Returns the captions without dependencies. */
  Names unparsed() {
    return unparsed;
  }

  /**
   * Returns what was measured.
   *
   * @param missing how many pictures were missing
   */
  GroundingScores scores(long missing) {
    // a relation's two directions follow each other, the more frequent relations first
    Map<String, Long> frequency = new TreeMap<>();
    relations
        .values()
        .forEach(relation -> frequency.merge(relation.name(), relation.tally().words(), Long::sum));
    List<Relation> sorted =
        relations.values().stream()
            .sorted(
                Comparator.comparing((Relation relation) -> -frequency.get(relation.name()))
                    .thenComparing(Relation::name)
                    .thenComparing(relation -> !relation.fromDependent()))
            .toList();
    EnumSet<Baseline> baselines = EnumSet.allOf(Baseline.class);
    if (!ranked) {
      baselines.remove(Baseline.SUREST);
    }
    return new GroundingScores(
        pictures.size(),
        sentences,
        baselines,
        all,
        types,
        sorted,
        new LeftOut(missing, cutOff.count(), lost.count(), unparsed.count()));
  }
}
