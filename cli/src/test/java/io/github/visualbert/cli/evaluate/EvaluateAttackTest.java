package io.github.visualbert.cli.evaluate;

import io.github.visualbert.Mutants;
import io.github.visualbert.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged copies of every file that an evaluation reads, the others being good. */
class EvaluateAttackTest {
  /** Allocation limit: the buffers of up to four files, and everything else. */
  private static final int CONSTANT = 8 * (64 << 10);

  @TempDir private Path folder;
  private Path damaged;
  private Path good;

  @BeforeEach
  void place() {
    damaged = folder.resolve("damaged");
    good = folder.resolve("good");
  }

  /** Attacks a file with copies of one of several contents. */
  private static void attack(Path file, Consumer<Path> evaluation, String... contents) {
    List<byte[]> seeds =
        Arrays.stream(contents).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    new Mutants(seeds, InputException.class, 400).constant(CONSTANT).attack(1000, file, evaluation);
  }

  @Test
  void answersToQuestions() {
    Texts.write(good, "[" + VqaAccuracyTest.annotation(7, "other", "what", "red", "red") + "]");
    attack(
        damaged,
        file -> VqaAccuracy.evaluate(VqaPredictions.read(file), good, true),
        "[{\"question_id\": 7, \"answer\": \"Red\"}, {\"question_id\": 8, \"answer\": \"no\"}]",
        """
        {"id":7,"task":"vqa","answers":[{"label":"red","index":0,"score":0.9}]}
        {"id":8,"error":"line 2: no such file"}
        """);
  }

  @Test
  void annotationsOfQuestions() {
    Texts.write(good, "[{\"question_id\": 7, \"answer\": \"Red\"}]");
    String annotations = "[" + VqaAccuracyTest.annotation(7, "other", "what", "red", "it's") + "]";
    attack(
        damaged,
        file -> VqaAccuracy.evaluate(VqaPredictions.read(good), file, true),
        annotations,
        "{\"info\": {\"year\": 2017}, \"annotations\": " + annotations + "}");
  }

  @Test
  void pairsOfPictures() {
    String annotations =
        """
        {"sentence": "A", "label": "True", "identifier": "dev-850-0-0", "validation": {"1": "True"}}
        {"sentence": "C", "label": false, "identifier": "dev-9-3-0"}
        """;
    String predictions = "dev-850-0-0,True\ndev-9-3-0, False\n";
    Texts.write(good, annotations);
    attack(
        damaged,
        file -> Nlvr2Accuracy.evaluate(file, good, true),
        predictions,
        """
        {"id":"dev-850-0-0","task":"nlvr2","answers":[{"label":"True","index":1,"score":0.9}]}
        {"id":"dev-9-3-0","answers":[{"index":0,"score":0.6},{"index":1,"score":0.4}]}
        """);
    Texts.write(good, predictions);
    attack(damaged, file -> Nlvr2Accuracy.evaluate(good, file, true), annotations);
  }

  @Test
  void choices() {
    String annotations =
        """
        {"annot_id": "val-0", "answer_label": 0, "rationale_label": 3, "question": ["Why", [0, 1]]}
        {"annot_id": "val-1", "answer_label": 1, "rationale_label": 2}
        """;
    String predictions =
        """
        {"id":"val-0","task":"vcr","answers":[{"label":"x","index":0,"score":0.9}]}
        {"id":"val-1","task":"vcr","answers":[{"label":"x","index":1,"score":0.9}]}
        """;
    Texts.write(good, annotations);
    attack(damaged, file -> VcrAccuracy.evaluate(file, file, good, true), predictions);
    attack(
        damaged,
        file -> VcrAccuracy.evaluate(file, null, good, true),
        VcrAccuracyTest.header() + VcrAccuracyTest.row("val-0", 0, 3, 0, 0, 0));
    Texts.write(good, predictions);
    attack(damaged, file -> VcrAccuracy.evaluate(good, good, file, true), annotations);
  }

  @Test
  void phrasesAndRegions() {
    String captions =
        """
        {"id": "77#0", "phrases": [{"phrase": "a man", "types": ["people"], "boxes": [[1, 1, 99, 99]]}, {"phrase": "it"}]}
        {"id": 5, "image": "77", "width": 9, "phrases": [{"phrase": "a hat", "boxes": [[0, 0, 9.5, 9.5]]}]}
        """;
    String predictions =
        """
        {"id":"77#0","task":"flickr","answers":[{"phrase":"a man","region":0,"score":0.9},{"phrase":"a man","region":1,"score":0.1}]}
        {"id":5,"task":"flickr","answers":[{"phrase":"a hat","region":1,"score":0.9}]}
        """;
    String regions = "{\"image\":\"77.jpg\",\"boxes\":[[0,0,100,100],[100,0,200,100.5]]}\n";
    Path annotated = Texts.write(folder.resolve("captions"), captions);
    Path boxes = Texts.write(folder.resolve("boxes"), regions);
    Texts.write(good, predictions);
    attack(damaged, file -> FlickrRecall.evaluate(file, annotated, boxes, null, true), predictions);
    attack(damaged, file -> FlickrRecall.evaluate(good, file, boxes, null, true), captions);
    attack(damaged, file -> FlickrRecall.evaluate(good, annotated, file, null, true), regions);
    attack(
        damaged, file -> FlickrRecall.evaluate(good, annotated, boxes, file, true), "77\n77.jpg\n");
  }

  @Test
  void theFolderOfEntities() {
    Path entities = folder.resolve("Flickr30kEntities");
    String sentences =
        """
        [/EN#1/people A man] holds [/EN#2/clothing/other the hat] .
        Nothing is marked here .
        """;
    String objects =
        """
        <annotation>
          <size><width>400</width><height>300</height><depth>3</depth></size>
          <object><name>1</name><name>2</name>
            <bndbox><xmin>2</xmin><ymin>1</ymin><xmax>9</xmax><ymax>7</ymax></bndbox></object>
          <object><name>3</name><scene>0</scene><nobndbox>1</nobndbox></object>
        </annotation>
        """;
    Path text = Texts.write(entities.resolve("Sentences/77.txt"), sentences);
    Path xml = Texts.write(entities.resolve("Annotations/77.xml"), objects);
    Texts.write(
        good,
        "{\"id\":\"77#0\",\"answers\":[{\"phrase\":\"a man\",\"region\":0,\"score\":0.9}]}\n");
    Path boxes = Texts.write(folder.resolve("boxes"), "{\"image\":\"77\",\"boxes\":[[0,0,9,9]]}");
    Path split = folder.resolve("split");
    Consumer<Path> evaluation = file -> FlickrRecall.evaluate(good, entities, boxes, null, true);
    attack(text, evaluation, sentences);
    Texts.write(text, sentences);
    attack(xml, evaluation, objects);
    Texts.write(xml, objects);
    attack(split, file -> FlickrRecall.evaluate(good, entities, boxes, file, true), "77\n77.jpg\n");
  }
}
