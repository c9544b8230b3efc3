package io.github.visualbert.cli;

import static io.github.visualbert.cli.VcrFiles.IMAGES;
import static io.github.visualbert.cli.VcrFiles.MODEL;
import static io.github.visualbert.cli.VcrFiles.lines;
import static io.github.visualbert.cli.VcrFiles.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each invalid line of VCR's annotations is answered with its error, all others with answers. */
class VcrRowsTest {
  @TempDir private Path folder;

  private static final String METADATA =
      """
      {"boxes": [[10, 10, 60, 60, 0.9], [20, 5, 90, 99, 0.8]], "names": ["person", "car"],
       "segms": [[[[10, 10], [60, 10], [60, 60]]], [[[20, 5], [90, 5], [50, 99]]]],
       "width": 100, "height": 100}
      """;

  private static final String ANNOTATION =
      """
      {"objects": ["person", "car"], "question": ["Is", [0], "in", [1], "?"],\
       "answer_choices": [["Yes"], ["No"]], "rationale_choices": [["It", "is"], [[0], "is"]],\
       "answer_label": 0, "img_fn": "desk.png", "metadata_fn": "NAME", "annot_id": "ID"}
      """;

  /** What is changed in a line and in its metadata, and how the row is answered. */
  private record Spoilt(
      String old, String changed, String oldData, String changedData, String error) {
    static Spoilt line(String old, String changed, String error) {
      return new Spoilt(old, changed, "", "", error);
    }

    static Spoilt data(String old, String changed, String error) {
      return new Spoilt("", "", old, changed, error);
    }
  }

  private static final List<Spoilt> SPOILT =
      List.of(
          Spoilt.line("", "", null),
          Spoilt.line(
              "[1]", "[2]", "question[3][0]: expected the number of an object, 0 to 1, found 2"),
          Spoilt.line("\"?\"]", "\"?\"", "expected ',' or ']', found ':' at column"),
          Spoilt.line(
              "\"answer_choices\"",
              "\"answers\"",
              "answer_choices: expected an array, found nothing"),
          Spoilt.line("desk.png", "none.png", "none.png: expected a picture, found no such file"),
          Spoilt.line(
              "desk.png", "http://host/desk.png", "expected the path of a file, found a URL"),
          Spoilt.line(
              "\"NAME\"",
              "\"none.json\"",
              "none.json: expected the metadata of a picture, found no such file"),
          Spoilt.line(
              "\"NAME\"",
              "\"desk.png\"",
              "desk.png: expected the metadata of a picture, found a PNG"),
          Spoilt.line(
              "\"car\"", "\"dog\"", ": object 1 is \"car\", expected \"dog\" as in the question"),
          Spoilt.line(
              "\"person\", ",
              "\"person\", \"dog\", ",
              ": expected the 3 objects of the question, found 2"),
          Spoilt.data(
              "{\"boxes\"", "{boxes", "expected a key or '}', found 'b' at line 1, column 2"),
          Spoilt.data(
              "60, 60, 0.9",
              "160, 60, 0.9",
              "desk.png: region 0: expected a box within the picture of 100 x 100 pixels, found"
                  + " [10.0, 10.0, 160.0, 60.0, 0.9]"),
          Spoilt.data("[20, 5, 90", "[-1, 5, 90", "region 1: expected a box within the picture"),
          Spoilt.data("[20, 5, 90", "[90, 5, 90", "region 1: expected a box within the picture"),
          Spoilt.data(
              "[20, 5, 90, 99, 0.8]",
              "[20, 5, 90]",
              "boxes[1]: expected at least 4 numbers, found an array of 3"),
          Spoilt.data(
              "[[[20, 5], [90, 5], [50, 99]]]", "[]", "region 1: expected polygons, found none"),
          Spoilt.data(
              "[[[20, 5], [90, 5], [50, 99]]]",
              "[[]]",
              "region 1: expected points in each polygon, found one of none"),
          Spoilt.data(
              ", [[[20, 5], [90, 5], [50, 99]]]",
              "",
              "expected polygons and a name for each box, found 2 boxes, 1 times polygons, 2"
                  + " names"),
          Spoilt.data(
              "[50, 99]",
              "[50]",
              "segms[1][0][2]: expected at least 2 numbers, found an array of 1"),
          Spoilt.data(
              "\"width\": 100", "\"width\": 640", "has boxes of a picture of 640 x 100 pixels"),
          Spoilt.data("\"height\": 100", "\"height\": 64", "desk.png has 100 x 100"),
          new Spoilt(
              "\"car\"",
              "\"wheel\"",
              "\"car\"",
              "\"wheel\"",
              "region 1: expected a class of COCO without blanks, such as person or tennisracket,"
                  + " found \"wheel\""),
          Spoilt.line("", "", null));

  @Test
  void eachInvalidRowIsAnsweredWithItsError() throws IOException {
    Path images = folder.resolve("images");
    Files.createDirectories(images);
    Files.copy(IMAGES.resolve("film_d/desk.png"), images.resolve("desk.png"));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < SPOILT.size(); i++) {
      Spoilt spoilt = SPOILT.get(i);
      Cli.write(
          images.resolve(i + ".json"), METADATA.replace(spoilt.oldData(), spoilt.changedData()));
      rows.append(
          ANNOTATION
              .replace(spoilt.old(), spoilt.changed())
              .replace("NAME", i + ".json")
              .replace("ID", "a-" + i));
    }
    rows.append(crowd(images, "crowd"));
    Path input = Cli.write(folder.resolve("in.jsonl"), rows.toString());
    Path output = folder.resolve("out.jsonl");
    Cli.Result result =
        run("--model", MODEL, "--input", input, "--images", images, "--output", output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<JsonObject> replies = lines(output);
    assertThat(replies).hasSize(SPOILT.size() + 1);
    SoftAssertions all = new SoftAssertions();
    for (int i = 0; i < SPOILT.size(); i++) {
      String expected = SPOILT.get(i).error();
      JsonObject reply = replies.get(i);
      all.assertThat(reply.has("error")).as("row %d", i).isEqualTo(expected != null);
      if (expected != null) {
        String error = reply.getString("error", "none");
        all.assertThat(error).startsWith("line " + (i + 1) + ": ").contains(expected);
        all.assertThat(result.err()).contains(input + ": " + error);
        boolean parsed = !error.contains("column") || error.contains(".json");
        all.assertThat(reply.getString("id")).isEqualTo(parsed ? "a-" + i : "" + (i + 1));
      }
    }
    all.assertThat(replies.getLast().getString("error"))
        .contains("desk.png: 1025 boxes, expected at most 1024");
    all.assertAll();
  }

  /** Writes a picture of more persons than there is room for, and returns a line about everyone. */
  private static String crowd(Path images, String name) {
    int persons = GivenRegions.MOST + 1;
    String metadata =
        "{\"boxes\": [%s], \"segms\": [%s], \"names\": [%s]}"
            .formatted(
                repeated("[1, 1, 50, 50, 1]", persons),
                repeated("[[[1, 1], [50, 1], [50, 50]]]", persons),
                repeated("\"person\"", persons));
    Cli.write(images.resolve(name + ".json"), metadata);
    return ANNOTATION
        .replace("[\"person\", \"car\"]", "[" + repeated("\"person\"", persons) + "]")
        .replace("[\"Is\", [0]", "[\"Is\", \"everyone\"")
        .replace("NAME", name + ".json");
  }

  private static String repeated(String text, int count) {
    return String.join(", ", Collections.nCopies(count, text));
  }
}
