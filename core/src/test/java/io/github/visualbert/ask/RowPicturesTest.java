package io.github.visualbert.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowPicturesTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");

  @TempDir private Path folder;

  private static JsonObject row(String fields) {
    String json = "{'question': 'what colour?', %s}".formatted(fields).replace('\'', '"');
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<VisualFeatures> read(RequestReader reader, String fields) {
    JsonObject row = row(fields);
    return reader.request(new JsonValue.Text("1"), row, () -> RowPictures.of(row)).pictures();
  }

  @Test
  void picturesAreReadByPathAndFromTheRow() throws IOException {
    Files.createDirectories(folder.resolve("run#2"));
    Files.copy(DEMO.resolve("images/scene-1.png"), folder.resolve("a.png"));
    Files.copy(
        DEMO.resolve("images/features/scene-1.safetensors"),
        folder.resolve("run#2/many.safetensors"));
    byte[] png = Files.readAllBytes(folder.resolve("a.png"));
    String base64 = Base64.getEncoder().encodeToString(png);
    String lines = Base64.getMimeEncoder().encodeToString(png).replace("\r\n", "\\n");
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).provider("scalar").open();
        RequestReader reader = new RequestReader(TaskName.VQA, new PictureCache(model, folder))) {
      float[] expected = model.regions(folder.resolve("a.png")).toArray();
      VisualFeatures first = read(reader, "'image': {'bytes': '" + base64 + "'}").getFirst();
      for (String each :
          List.of(
              "'image': {'bytes': '" + base64 + "', 'path': null}",
              "'image': {'bytes': '" + base64 + "', 'path': 'not/there.png'}",
              "'image': {'bytes': '" + lines + "'}",
              "'image': 'data:image/png;base64," + base64 + "'",
              "'images': [{'path': null, 'bytes': '" + base64 + "'}]")) {
        assertThat(read(reader, each).getFirst()).as("the model projects it once").isSameAs(first);
      }
      for (String each :
          List.of(
              "'image': {'path': 'a.png'}",
              "'image': {'bytes': null, 'path': 'a.png'}",
              "'images': ['a.png']",
              "'image': 'a.png', 'images': null")) {
        assertThat(read(reader, each).getFirst().toArray()).as(each).isEqualTo(expected);
      }
      assertThat(read(reader, "'features': 'run#2/many.safetensors##0'").getFirst().regions())
          .isEqualTo(first.regions());
    }
  }

  @Test
  void whatIsNoPictureIsRefusedByItsPlace() {
    record Case(String fields, Class<?> type, String expected) {}
    String text = "cGxhaW4gdGV4dA=="; // "plain text"
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).provider("scalar").open();
        RequestReader reader = new RequestReader(TaskName.VQA, new PictureCache(model, folder))) {
      for (Case each :
          List.of(
              new Case("'id': 1", InputException.class, "expected image, images or features"),
              new Case(
                  "'image': 'a', 'features': 'b'",
                  InputException.class,
                  "has image and features, expected one of them"),
              new Case(
                  "'image': {'bytes': '" + text + "'}",
                  InputException.class,
                  "image: expected a PNG or JPEG picture, found"),
              new Case(
                  "'images': [{'bytes': '" + text + "', 'path': 'a/b.png'}]",
                  InputException.class,
                  "images[0] a/b.png: expected a PNG or JPEG picture, found"),
              new Case(
                  "'image': {'bytes': '\u00c3\u0089PNG'}",
                  InputException.class,
                  "image: expected the bytes of a PNG or JPEG in base64 ("),
              new Case(
                  "'image': 'data:image/png,abc'",
                  InputException.class,
                  "image: expected a data: URL in base64, such as data:image/png;base64,"),
              new Case(
                  "'image': {'bytes': [137, 80, 78, 71]}",
                  JsonException.class,
                  "image.bytes: expected a string, found an array"),
              new Case(
                  "'image': {}",
                  JsonException.class,
                  "image: expected a path, or an object with bytes in base64 or path, found an"
                      + " object"),
              new Case(
                  "'images': [7]",
                  JsonException.class,
                  "images[0]: expected a path, or an object with bytes in base64 or path, found"),
              new Case(
                  "'features': {'bytes': '" + text + "'}",
                  JsonException.class,
                  "features: expected a string, found an object"),
              new Case(
                  "'images': ['a', 'b']",
                  InputException.class,
                  "images has 2 pictures, task vqa takes 1"))) {
        assertThatThrownBy(() -> read(reader, each.fields()))
            .as(each.fields())
            .isInstanceOf(each.type())
            .hasMessageStartingWith(each.expected());
      }
    }
  }
}
