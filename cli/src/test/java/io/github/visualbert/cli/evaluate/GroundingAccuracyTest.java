package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.evaluate.FlickrCaption.Phrase;
import io.github.visualbert.cli.evaluate.grounding.Baseline;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores.Relation;
import io.github.visualbert.cli.evaluate.grounding.HeadAccuracy;
import io.github.visualbert.error.InputException;
import io.github.visualbert.task.PlantedModel;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of which one head points from nouns to the regions that show them. */
class GroundingAccuracyTest {
  private static final int CAT = 0;
  private static final int DOG = 1;
  private static final int SOFA = 2;

  @TempDir private Path folder;
  private VisualBert model;
  private GroundingAccuracy accuracy;

  @BeforeEach
  void open() throws IOException {
    model = VisualBert.open(PlantedModel.write(folder.resolve("model")));
    accuracy = new GroundingAccuracy(model.attentionGrounding(), true);
  }

  @AfterEach
  void close() {
    model.close();
  }

  /** Returns a picture of 100 by 100 pixels whose regions are strips of ten from left to right. */
  private static VisualFeatures picture(int... nouns) {
    List<Box> strips = new ArrayList<>();
    for (int i = 0; i < nouns.length; i++) {
      strips.add(new Box(i / 10f, 0, (i + 1) / 10f, 1));
    }
    return PlantedModel.picture(nouns).withBoxes(strips);
  }

  private static Phrase phrase(String text, String words, int region) {
    return new Phrase(
        words,
        text.indexOf(words),
        List.of("thing"),
        List.of(new PixelBox(10 * region, 0, 10 * region + 10, 100)));
  }

  private FlickrCaption caption(String text, Phrase... phrases) {
    Line line = new Line(folder.resolve("77.txt"), 1);
    return new FlickrCaption(line, "77#0", "77", 100, 100, text, List.of(phrases));
  }

  private ConlluFile dependencies(String... rows) {
    StringBuilder text = new StringBuilder("# sent_id = 77.jpg#0\n");
    for (String row : rows) {
      String[] columns = row.split(" ");
      text.append(
          "%s\t%s\t_\t_\t_\t_\t%s\t%s\t_\t_\n"
              .formatted(columns[0], columns[1], columns[2], columns[3]));
    }
    return ConlluFile.read(Texts.write(folder.resolve("captions.conllu"), text + "\n"));
  }

  private static HeadAccuracy planted(GroundingScores scores) {
    return scores.all().accuracy(PlantedModel.LAYER, PlantedModel.HEAD);
  }

  /** The last word of a phrase stands for it; other heads take the first region. */
  @Test
  void thePlantedHeadIsFoundFirst() {
    String text = "a sofas dog on the cats";
    accuracy.add(
        caption(text, phrase(text, "a sofas dog", 1), phrase(text, "the cats", 2)),
        picture(SOFA, DOG, CAT),
        null);
    GroundingScores scores = accuracy.scores(0);
    assertThat(scores.all().words()).isEqualTo(2);
    HeadAccuracy best = scores.all().best();
    assertThat(best.layer()).isEqualTo(PlantedModel.LAYER);
    assertThat(best.head()).isEqualTo(PlantedModel.HEAD);
    assertThat(best.percent()).isEqualTo(100);
    for (int layer = 0; layer < PlantedModel.LAYERS; layer++) {
      for (int head = 0; head < PlantedModel.HEADS; head++) {
        boolean planted = layer == PlantedModel.LAYER && head == PlantedModel.HEAD;
        assertThat(scores.all().accuracy(layer, head).percent()).isEqualTo(planted ? 100 : 0);
      }
    }
    assertThat(scores.all().percent(Baseline.SUREST)).isZero();
    assertThat(scores.types().get("thing").words()).isEqualTo(2);
  }

  /**
   * "cat dog" is one entity, where the cat is. The dependent, cat, looks at the region of its head,
   * which is the entity's; the head, dog, does not look at that of its dependent.
   */
  @Test
  void dependenciesAreMeasuredInBothDirections() {
    String text = "a cat dog on the sofa";
    accuracy.add(
        caption(text, phrase(text, "a cat dog", 2), phrase(text, "the sofa", 1)),
        picture(DOG, SOFA, CAT),
        dependencies(
            "1 a 3 det",
            "2 cat 3 compound",
            "3 dog 0 root",
            "4 on 6 case",
            "5 the 6 det",
            "6 sofa 3 nmod"));
    List<Relation> relations = accuracy.scores(0).relations();
    assertThat(relations)
        .extracting(relation -> relation.name() + (relation.fromDependent() ? " up" : " down"))
        .containsExactly(
            "det up",
            "det down",
            "compound up",
            "compound down",
            "nmod up",
            "nmod down",
            "case up");
    assertThat(relations)
        .extracting(relation -> relation.tally().words())
        .containsExactly(2L, 2L, 1L, 1L, 1L, 1L, 1L);
    assertThat(relations)
        .filteredOn(relation -> !relation.name().equals("det") && !relation.name().equals("case"))
        .extracting(
            relation -> relation.tally().accuracy(PlantedModel.LAYER, PlantedModel.HEAD).percent())
        .containsExactly(100.0, 0.0, 0.0, 0.0);
    // "a" looks at no noun; the sofa at itself, which is where its "the" is
    assertThat(relations.get(1).tally().accuracy(PlantedModel.LAYER, PlantedModel.HEAD).percent())
        .isEqualTo(50);
  }

  /** The second sentence has no dependencies; "black" is not in the first. */
  @Test
  void whatCannotBeAlignedIsNamed() {
    String text = "a cat on the sofa";
    ConlluFile file =
        dependencies(
            "1 a 3 det",
            "2 black 3 amod",
            "3 cat 0 root",
            "4 on 6 case",
            "5 the 6 det",
            "6 sofa 3 nmod");
    accuracy.add(caption(text, phrase(text, "a cat", 1)), picture(DOG, CAT), file);
    Line line = new Line(folder.resolve("78.txt"), 1);
    accuracy.add(
        new FlickrCaption(
            line, "78#0", "78", 100, 100, "a dog", List.of(phrase("a dog", "a dog", 0))),
        picture(DOG, CAT),
        file);
    assertThat(accuracy.lost()).hasToString(folder.resolve("captions.conllu") + ": line 3: black");
    assertThat(accuracy.unparsed()).hasToString("78#0");
    assertThat(accuracy.scores(0).relations())
        .extracting(Relation::name)
        .containsExactly("det", "det", "nmod");
    assertThat(accuracy.scores(2).left()).isEqualTo(new GroundingScores.LeftOut(2, 0, 1, 1));
  }

  @Test
  void captionsWithoutTextAreRefused() {
    FlickrCaption caption = caption(null, new Phrase("a cat", -1, List.of(), List.of()));
    assertThatThrownBy(() -> accuracy.add(caption, picture(CAT), null))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("77.txt: line 1: expected caption, the text that the phrases are in");
    FlickrCaption other = caption("a dog", new Phrase("a cat", -1, List.of(), List.of()));
    assertThatThrownBy(() -> accuracy.add(other, picture(CAT), null))
        .hasMessageEndingWith(
            "77.txt: line 1: the caption \"a dog\" does not hold the phrase \"a cat\"");
  }

  /** Lines of JSON have no places: phrases of the same words are found one after the other. */
  @Test
  void phrasesWithoutPlacesAreFound() {
    PixelBox strip = new PixelBox(0, 0, 10, 100);
    Phrase first = new Phrase("the cat", -1, List.of(), List.of(new PixelBox(10, 0, 20, 100)));
    Phrase second = new Phrase("the dog", -1, List.of(), List.of(strip));
    accuracy.add(caption("on the cat the dog", first, second), picture(DOG, CAT), null);
    assertThat(planted(accuracy.scores(0)).percent()).isEqualTo(100);
  }
}
