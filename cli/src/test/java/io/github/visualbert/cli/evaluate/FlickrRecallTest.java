package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.visualbert.cli.evaluate.FlickrScores.Recall;
import io.github.visualbert.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A picture of 400 by 300 pixels whose regions are six squares of 100 in two rows, and boxes around
 * or beside them.
 */
class FlickrRecallTest {
  private static final String REGIONS =
      "[0,0,100,100],[100,0,200,100],[200,0,300,100],[0,100,100,200],[100,100,200,200],[200,100,300,200]";

  @TempDir private Path folder;
  private Path annotations;
  private Path regions;

  @BeforeEach
  void annotate() {
    annotations = folder.resolve("Flickr30kEntities");
    Texts.write(
        annotations.resolve("Sentences/77.txt"),
        """
        [/EN#1/people A man] holds [/EN#2/clothing/other the hat] of [/EN#1/people a man] .
        [/EN#0/notvisual It] is [/EN#3/scene a park] with [/EN#4/other no box] .
        Nothing is marked here .
        """);
    Texts.write(
        annotations.resolve("Annotations/77.xml"),
        """
        <annotation>
          <filename>77.jpg</filename>
          <size><width>400</width><height>300</height><depth>3</depth></size>
          <object><name>1</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>100</xmax><ymax>100</ymax></bndbox></object>
          <object><name>1</name><name>2</name>
            <bndbox><xmin>200</xmin><ymin>100</ymin><xmax>300</xmax><ymax>150</ymax></bndbox></object>
          <object><name>3</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>400</xmax><ymax>300</ymax></bndbox></object>
          <object><name>4</name><scene>0</scene><nobndbox>1</nobndbox></object>
        </annotation>
        """);
    regions =
        Texts.write(
            folder.resolve("boxes.jsonl"), "{\"image\":\"77.jpg\",\"boxes\":[" + REGIONS + "]}\n");
  }

  /** Returns a line with a ranking of regions for each phrase; scores fall. */
  private static String line(String id, Object... phrasesAndRegions) {
    StringBuilder line =
        new StringBuilder("{\"id\":\"" + id + "\",\"task\":\"flickr\",\"answers\":[");
    for (int i = 0; i < phrasesAndRegions.length; i += 2) {
      double score = 0.9;
      for (Object region : (List<?>) phrasesAndRegions[i + 1]) {
        line.append(line.charAt(line.length() - 1) == '[' ? "" : ",")
            .append("{\"phrase\":\"%s\",\"region\":%s,".formatted(phrasesAndRegions[i], region))
            .append("\"label\":\"region %s\",\"index\":%s,".formatted(region, region))
            .append("\"score\":" + score + "}");
        score /= 2;
      }
    }
    return line.append("]}\n").toString();
  }

  private FlickrScores evaluate(String predictions, boolean allowMissing) {
    return FlickrRecall.evaluate(
        Texts.write(folder.resolve("predictions"), predictions),
        annotations,
        regions,
        null,
        allowMissing);
  }

  private static Recall recall(int at1, int at5, int at10, int upperBound, int of) {
    return new Recall(
        new Share(at1, of), new Share(at5, of), new Share(at10, of), new Share(upperBound, of));
  }

  /**
   * The first man is found at rank 1 (region 0), the hat at rank 4 (region 5 overlaps its box by
   * 0.5), the second man at rank 6. The park's box overlaps no region by 0.5.
   */
  @Test
  void countsPhrasesByRankAndType() {
    FlickrScores scores =
        evaluate(
            line(
                    "77.jpg#0",
                    "a man",
                    List.of(0, 1, 2, 3, 4, 5),
                    "The hat",
                    List.of(0, 1, 2, 5, 3, 4),
                    "A man",
                    List.of(1, 2, 3, 4, 0, 5))
                + line("77#1", "a park", List.of(0, 1, 2, 3, 4, 5)),
            false);
    assertThat(scores.all()).isEqualTo(recall(1, 3, 3, 3, 4));
    assertThat(scores.types())
        .containsExactly(
            entry("clothing", recall(0, 1, 1, 1, 1)),
            entry("other", recall(0, 1, 1, 1, 1)),
            entry("people", recall(1, 2, 2, 2, 2)),
            entry("scene", recall(0, 0, 0, 0, 1)));
    assertThat(scores.coverage()).isEqualTo(new Coverage(0, 0));
  }

  /** The files as editors of Windows save them, the annotations of a picture too. */
  @Test
  void ignoresByteOrderMarks() throws IOException {
    String predictions = line("77#1", "a park", List.of(0, 1, 2, 3, 4, 5));
    FlickrScores scores = evaluate(predictions, true);
    for (Path file :
        List.of(
            regions,
            annotations.resolve("Sentences/77.txt"),
            annotations.resolve("Annotations/77.xml"))) {
      Texts.write(file, "\ufeff" + Files.readString(file));
    }
    assertThat(evaluate("\ufeff" + predictions, true)).isEqualTo(scores);
    for (String name : List.of("Sentences/77.txt", "Annotations/77.xml")) {
      Path file = annotations.resolve(name);
      String text = Files.readString(file);
      Files.writeString(file, text, StandardCharsets.UTF_16LE);
      assertThatThrownBy(() -> evaluate(predictions, true))
          .isInstanceOf(InputException.class)
          .hasMessage(file + ": expected UTF-8, found UTF-16");
      Files.writeString(file, text);
    }
  }

  /** Region 5 is right for "man" too: any box of the entity by itself, not the box around them. */
  @Test
  void takesAnyBoxOfTheEntity() {
    String rest = line("77#1", "a park", List.of(0, 1, 2, 3, 4, 5));
    String hat =
        line(
            "77#0",
            "a man",
            List.of(5, 0, 1, 2, 3, 4),
            "the hat",
            List.of(5, 0, 1, 2, 3, 4),
            "a man",
            List.of(2, 4, 1, 3, 0, 5));
    assertThat(evaluate(hat + rest, false).all().at1()).isEqualTo(new Share(2, 4));
  }

  @Test
  void leavesOutRecallsThatRankingsAreTooShortFor() {
    String predictions =
        line("77#0", "a man", List.of(0), "the hat", List.of(5, 0, 1, 2, 3, 4), "a man", List.of(0))
            + line("77#1", "a park", List.of(0, 1, 2, 3, 4));
    assertThat(evaluate(predictions, false).all())
        .isEqualTo(new Recall(new Share(3, 4), null, null, new Share(3, 4)));
  }

  @Test
  void tellsPhrasesOfTheSameWordsApart() {
    // asked for once, though it is marked twice
    assertThatThrownBy(
            () -> evaluate(line("77#0", "a man", List.of(0, 1), "the hat", List.of(5, 1)), true))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(
            "predictions: line 1: \"A man\" is marked 2 times in the caption, found 1 rankings of"
                + " it");
    // another phrase between, a rising score or a repeated region begins the next ranking
    String best = line("77#0", "a man", List.of(0), "the hat", List.of(5), "a man", List.of(3));
    assertThat(evaluate(best, true).all().at1()).isEqualTo(new Share(2, 4));
    assertThat(
            evaluate(line("77#0", "a man", List.of(1, 2), "a man", List.of(0, 3)), true)
                .all()
                .at1())
        .isEqualTo(new Share(1, 4));
  }

  /** Of three phrases of the same words, the two with a box may be all that was asked for. */
  @Test
  void passesOverPhrasesWithoutABox() {
    Texts.write(
        annotations.resolve("Sentences/77.txt"),
        "[/EN#0/notvisual them] and [/EN#1/people them] and [/EN#2/other them]\n");
    // region 0 is right for the second, 4 for neither, 5 for both
    String first = line("77#0", "them", List.of(0, 1), "them", List.of(4, 0));
    assertThat(evaluate(first, false).all().at1()).isEqualTo(new Share(1, 2));
    String all = line("77#0", "them", List.of(4, 0), "them", List.of(0, 1), "them", List.of(5, 0));
    assertThat(evaluate(all, false).all().at1()).isEqualTo(new Share(2, 2));
  }

  @Test
  void countsWhatIsMissingAsWrong() {
    String predictions =
        line("77#0", "a man", List.of(0, 1), "a man", List.of(0, 1), "a cat", List.of(0, 1))
            + line("78#0", "a dog", List.of(0, 1));
    FlickrScores scores = evaluate(predictions, true);
    assertThat(scores.all().at1()).isEqualTo(new Share(2, 4));
    assertThat(scores.all().upperBound()).isEqualTo(new Share(3, 4));
    assertThat(scores.coverage()).isEqualTo(new Coverage(2, 2));
    assertThatThrownBy(() -> evaluate(predictions, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "2 of %s are not predicted (77#0 \"the hat\", 77#1 \"a park\")", annotations)
        .hasMessageContaining("2 are not in %s (77#0 \"a cat\", 78#0)", annotations);
  }

  private static String wholePrediction() {
    List<Integer> ranks = List.of(0, 1, 2, 3, 4, 5);
    return line("77#0", "a man", ranks, "the hat", ranks, "a man", ranks)
        + line("77#1", "a park", ranks);
  }

  @Test
  void readsLinesOfJson() {
    annotations =
        Texts.write(
            folder.resolve("captions.jsonl"),
            """
            {"id": "77#0", "phrases": [{"phrase": "a man", "types": ["people"], "boxes": [[1, 1, 100, 100]]}, {"phrase": "it"}]}
            {"id": 5, "image": "77", "phrases": [{"phrase": "a hat", "boxes": [[200, 100, 300, 150], [0, 0, 9.5, 9.5]]}]}
            """);
    FlickrScores scores =
        evaluate(line("77#0", "a man", List.of(0)) + line("5", "a hat", List.of(4)), false);
    assertThat(scores.all().at1()).isEqualTo(new Share(1, 2));
    assertThat(scores.all().upperBound()).isEqualTo(new Share(2, 2));
    assertThat(scores.types()).containsOnlyKeys("people");
  }

  @Test
  void readsRegionsBesideFeatures() {
    FlickrScores inJson = evaluate(wholePrediction(), false);
    float[] corners = new float[24];
    for (int i = 0; i < 6; i++) {
      float[] box = {i % 3 * 100, i / 3 * 100, i % 3 * 100 + 100, i / 3 * 100 + 100};
      System.arraycopy(box, 0, corners, 4 * i, 4);
    }
    regions =
        Texts.write(
            folder.resolve("features.tsv"),
            String.join("\t", "77", "400", "300", "6", base64(corners), base64(new float[12]))
                + "\n");
    assertThat(evaluate(wholePrediction(), false)).isEqualTo(inJson);
  }

  private static String base64(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  @Test
  void readsOnlyThePicturesOfASplit() {
    Texts.write(annotations.resolve("Sentences/78.txt"), "[/EN#1/people A man] .\n");
    Texts.write(annotations.resolve("Annotations/78.xml"), "<annotation/>");
    Path predictions = Texts.write(folder.resolve("predictions"), wholePrediction());
    Path split = Texts.write(folder.resolve("test.txt"), "77\n\n");
    assertThat(
            FlickrRecall.evaluate(predictions, annotations, regions, split, false).all().at1().of())
        .isEqualTo(4);
    Texts.write(split, "77\n79\n");
    assertThatThrownBy(() -> FlickrRecall.evaluate(predictions, annotations, regions, split, false))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("79.xml: expected a file, found no such file");
    Path captions =
        Texts.write(
            folder.resolve("captions.jsonl"),
            """
            {"id":"77#0","phrases":[{"phrase":"a man","boxes":[[1,1,100,100]]}]}
            {"id":"80#0","phrases":[{"phrase":"a man","boxes":[[1,1,100,100]]}]}
            """);
    Path once = Texts.write(folder.resolve("once"), line("77#0", "a man", List.of(0)));
    assertThatThrownBy(() -> FlickrRecall.evaluate(once, captions, regions, split, true))
        .hasMessage("%s: 1 pictures are not in %s, the first is 79", split, captions);
    Texts.write(split, "77\n");
    assertThat(FlickrRecall.evaluate(once, captions, regions, split, true).all().at1().of())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[/EN#1/people A man", "[/EN#1 A man]", "[/EN#/people A man]", "[/EN#1/people]"})
  void saysWhatIsWrongWithSentences(String marked) {
    Path file =
        Texts.write(annotations.resolve("Sentences/77.txt"), "\nA dog .\nSee " + marked + "\n");
    assertThatThrownBy(() -> evaluate(wholePrediction(), true))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": line 3: expected [/EN#id/type words], found [/EN#");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<annotation>~<object></object></annotation> | line 2: expected an object with a name",
        "<annotation><object><name>1</name>~<bndbox><xmin>x</xmin></bndbox></object></annotation> |"
            + " line 2: xmin: expected an integer, found 'x'",
        "<annotation><object><name>1</name><bndbox><xmin>1</xmin></bndbox></object></annotation> |"
            + " line 1: expected a bndbox with xmin, ymin, xmax, ymax",
        "<a><object><name>1</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object></a>"
            + " | line 1: expected xmin up to xmax and ymin up to ymax",
        "<annotation>~<object> | line 2: expected XML, found",
        "77 | line 1: expected XML, found",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a><width>&e;</width></a> | line"
            + " 1: expected no document type",
      })
  void saysWhatIsWrongWithObjects(String xml, String message) {
    Path file = Texts.write(annotations.resolve("Annotations/77.xml"), xml.replace('~', '\n'));
    assertThatThrownBy(() -> evaluate(wholePrediction(), true))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": " + message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void saysWhereObjectsAreNotText() throws IOException {
    Path file = annotations.resolve("Annotations/77.xml");
    Files.writeString(file, "<a>\n<b>h\u00fct</b></a>", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> evaluate(wholePrediction(), true))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": expected UTF-8");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void saysWhereASplitDoesNotNamePictures() {
    Path split = Texts.write(folder.resolve("test.txt"), "77\n7\0008\n");
    Path predictions = Texts.write(folder.resolve("predictions"), wholePrediction());
    assertThatThrownBy(() -> FlickrRecall.evaluate(predictions, annotations, regions, split, true))
        .isInstanceOf(InputException.class)
        .hasMessage(split + ": line 2: expected the name of a picture: Nul character not allowed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'image':'77','boxes':[[0,0,1]]} | line 1: boxes[0]: expected [left, top, right, bottom],"
            + " found an array of 3",
        "{'image':'77','boxes':[[0,0,1,1],[5,0,1,1]]} | line 1: boxes[1]: expected [left, top,"
            + " right, bottom] with left and top first, found an array of 4",
        "{'image':'77','boxes':[]}~{'image':'77.jpg','boxes':[]} | line 2: picture 77 has boxes"
            + " already",
        "{'image':'78','boxes':[]} | expected boxes for picture 77, found none",
      })
  void saysWhatIsWrongWithRegions(String text, String message) {
    Texts.write(regions, text.replace('~', '\n').replace('\'', '"'));
    assertThatThrownBy(() -> evaluate(wholePrediction(), true))
        .isInstanceOf(InputException.class)
        .hasMessage(regions + ": " + message);
  }

  @Test
  void refusesRegionsThatThePictureDoesNotHave() {
    assertThatThrownBy(() -> evaluate("\n" + line("77#1", "a park", List.of(0, 6)), true))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("predictions: line 2: region is 6, picture 77 has 6 regions");
    assertThatThrownBy(() -> evaluate(line("77#1", "a park", List.of(-1)), true))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("line 1: answers[0].region: expected at least 0, found -1");
  }

  @Test
  void needsPhrasesWithBoxes() {
    Texts.write(annotations.resolve("Annotations/77.xml"), "<annotation/>");
    assertThatThrownBy(() -> evaluate(wholePrediction(), true))
        .isInstanceOf(InputException.class)
        .hasMessage(annotations + ": expected phrases with boxes, found none");
    assertThatThrownBy(
            () -> FlickrRecall.evaluate(regions, folder.resolve("none"), regions, null, true))
        .isInstanceOf(InputException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 10, 10, 0, 0, 10, 10, 1",
    "0, 0, 10, 10, 0, 5, 10, 10, 0.5",
    "0, 0, 10, 10, 5, 5, 15, 15, 0.14285714285714285", // 25 of 175
    "0, 0, 10, 10, 10, 0, 20, 10, 0",
    "0, 0, 10, 10, 20, 20, 30, 30, 0",
    "5, 5, 5, 5, 5, 5, 5, 5, NaN",
  })
  void dividesIntersectionByUnion(
      double l,
      double t,
      double r,
      double b,
      double l2,
      double t2,
      double r2,
      double b2,
      Double iou) {
    PixelBox box = new PixelBox(l, t, r, b);
    PixelBox other = new PixelBox(l2, t2, r2, b2);
    assertThat(Double.valueOf(box.intersectionOverUnion(other))).isEqualTo(iou);
    assertThat(Double.valueOf(other.intersectionOverUnion(box))).isEqualTo(iou);
  }
}
