package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.config.HeadType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for published checkpoints, run in their order on tiny files of the same forms. */
class PublishedDocumentationTest {
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^ {4}visualbert ((?:run|evaluate) --task (?!\\S*\\|).*)$");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir private Path folder;
  private final Map<String, Path> places = new HashMap<>();

  @BeforeEach
  void publish() throws IOException {
    Path detectors = Files.createDirectory(folder.resolve("detectors"));
    places.put("pythia", TinyDetector.publish("pythia_small", detectors));
    places.put("mask_rcnn", TinyDetector.publish("mask_rcnn_small", detectors));
    places.put("unc-nlp/frcnn-vg-finetuned", TinyDetector.publish("butd_small", detectors));
    model("uclanlp/visualbert-vqa", HeadType.QUESTION_ANSWERING, 20);
    model("uclanlp/visualbert-vqa-coco-pre", HeadType.PRE_TRAINING, 20);
    model("uclanlp/visualbert-nlvr2", HeadType.VISUAL_REASONING, 18);
    model("flickr", HeadType.REGION_TO_PHRASE, 78);
    for (String name : new String[] {"photo.jpg", "left.jpg", "right.jpg"}) {
      Files.copy(TinyDetector.image("pythia_small"), place(name));
    }
    places.put("vcr", Cli.TESTDATA.resolve("vcr"));
    List<String> items = Files.readAllLines(Cli.TESTDATA.resolve("vcr/val.jsonl"));
    Cli.write(place("val.jsonl"), String.join("\n", items.subList(0, 5)));
    places.put("vcr1images", Cli.TESTDATA.resolve("vcr/images"));
    for (String name : new String[] {"answers.jsonl", "rationales.jsonl", "regions.jsonl"}) {
      place(name);
    }
    publishVqa();
    publishNlvr2();
    publishFlickr();
  }

  private Path place(String name) {
    return places.computeIfAbsent(name, folder::resolve);
  }

  private void model(String name, HeadType head, int columns) throws IOException {
    TinyModel.write(place(name), head, columns);
  }

  private void publishVqa() {
    Cli.write(
        place("questions.jsonl"), "{\"id\":7,\"image\":\"photo.jpg\",\"question\":\"is it red?\"}");
    Cli.write(
        place("answers_vqa.txt"),
        IntStream.range(0, TinyModel.ANSWERS)
            .mapToObj(i -> "answer " + i)
            .collect(Collectors.joining("\n")));
    Cli.write(
        place("v2_mscoco_val2014_annotations.json"),
        "{\"annotations\":[{\"question_id\":7,\"answer_type\":\"other\",\"question_type\":\"is"
            + " it\",\"answers\":["
            + String.join(",", Collections.nCopies(10, "{\"answer\":\"yes\"}"))
            + "]}]}");
  }

  private void publishNlvr2() {
    Cli.write(
        place("dev.jsonl"),
        "{\"id\":\"dev-0-0-0\",\"images\":[\"left.jpg\",\"right.jpg\"],\"statement\":\"a dog.\"}");
    Cli.write(
        place("dev.json"),
        "{\"identifier\":\"dev-0-0-0\",\"sentence\":\"a dog.\",\"label\":\"True\"}");
  }

  private void publishFlickr() throws IOException {
    Path entities = place("Flickr30kEntities");
    Path images = Files.createDirectory(place("flickr30k-images"));
    Files.copy(TinyDetector.image("butd_small"), images.resolve("111.jpg"));
    Files.createDirectories(entities.resolve("Sentences"));
    Files.createDirectories(entities.resolve("Annotations"));
    Cli.write(entities.resolve("Sentences/111.txt"), "[/EN#1/people A man] is here .\n");
    Cli.write(
        entities.resolve("Annotations/111.xml"),
        "<annotation><size><width>131</width><height>97</height></size><object><name>1</name>"
            + "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>40</xmax><ymax>70</ymax></bndbox>"
            + "</object></annotation>");
    Cli.write(place("test.txt"), "111\n");
  }

  private List<String> commands(String document) throws IOException {
    String text = Files.readString(Cli.TESTDATA.resolveSibling(document));
    return COMMAND.matcher(text).results().map(found -> found.group(1)).toList();
  }

  private Cli.Result run(String command) {
    List<Object> words = new ArrayList<>();
    WORD.matcher(command)
        .results()
        .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
        .forEach(word -> words.add(isTask(words) ? word : placed(word)));
    return Cli.run(words.toArray());
  }

  /** Returns whether the next word is the name of a task, which is that of a model, too. */
  private static boolean isTask(List<Object> words) {
    return !words.isEmpty() && words.getLast().equals("--task");
  }

  private Object placed(String word) {
    return places.containsKey(word) ? places.get(word) : word;
  }

  @Test
  void commandsOfTheReadmeAnswer() throws IOException {
    List<String> commands = commands("README.md");
    assertThat(commands).hasSize(5);
    for (String command : commands) {
      Cli.Result result = run(command);
      assertThat(result.exitCode()).as(command + "\n" + result.err()).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void commandsOfTheDetectorsLeadToTheMetrics() throws IOException {
    List<String> commands = commands("docs/detectors.md");
    assertThat(commands.stream().filter(command -> command.startsWith("evaluate"))).hasSize(4);
    for (String command : commands) {
      if (command.contains("\u2026") || command.contains("[")) {
        continue; // how a command is called, not a command
      }
      Cli.Result result = run(command);
      assertThat(result.exitCode()).as(command + "\n" + result.err()).isEqualTo(ExitCode.OK);
    }
  }
}
