package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.TestData;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo detector's regions of every demo picture against the reference's. */
class DemoRegionsTest {
  private static final Path DEMO = TestData.ROOT.resolve("demo");
  private static final Path REGIONS = DEMO.resolve("regions");

  /** Pixels; the reference in float64 is within 0.0002 of itself in float32. */
  private static final double BOX = 0.001;

  private static final double CONFIDENCE = 5e-6;
  private static final double FEATURE = 5e-6;

  private final List<String> failures = new ArrayList<>();

  @Test
  void everyPictureHasTheRegionsOfTheReference() {
    String text = new String(TestData.bytes(REGIONS.resolve("regions.jsonl")));
    try (RegionDetector detector = RegionDetector.open(DEMO.resolve("detector"))) {
      List<JsonObject> pictures =
          text.lines().map(line -> Json.parseObject(line.getBytes())).toList();
      assertThat(pictures).hasSize(12);
      for (JsonObject expected : pictures) {
        Path picture = REGIONS.resolve(expected.getString("image")).normalize();
        compare(picture.getFileName().toString(), detector.detect(picture), expected);
      }
    }
    assertThat(failures).isEmpty();
  }

  private void compare(String picture, Detection found, JsonObject expected) {
    check(picture + " width", found.width(), expected.getInt("width"), 0);
    check(picture + " height", found.height(), expected.getInt("height"), 0);
    check(picture + " threshold", found.threshold(), expected.getDouble("threshold"), 0);
    JsonArray regions = expected.getArray("regions");
    check(picture + " regions", found.regions().size(), regions.size(), 0);
    for (int i = 0; i < Math.min(regions.size(), found.regions().size()); i++) {
      compare("%s, region %d".formatted(picture, i), found.regions().get(i), regions.getObject(i));
    }
  }

  private void compare(String what, Region found, JsonObject expected) {
    check(what + " proposal", found.proposal(), expected.getInt("proposal"), 0);
    check(what + " object", found.objectId(), expected.getInt("object_id"), 0);
    check(what + " attribute", found.attributeId(), expected.getInt("attribute_id"), 0);
    check(what + " confidence", found.confidence(), expected.getDouble("confidence"), CONFIDENCE);
    check(
        what + " attribute confidence",
        found.attributeConfidence(),
        expected.getDouble("attribute_confidence"),
        CONFIDENCE);
    JsonArray box = expected.getArray("box");
    float[] edges = {found.x1(), found.y1(), found.x2(), found.y2()};
    for (int i = 0; i < 4; i++) {
      check(what + " box " + i, edges[i], box.getDouble(i), BOX);
    }
    if (!expected.getString("object").equals(found.object())
        || !expected.getString("attribute").equals(found.attribute())) {
      failures.add("%s: %s %s".formatted(what, found.attribute(), found.object()));
    }
  }

  /** The features too, where the reference's were kept; they are the proposals'. */
  @Test
  void featuresAreThoseOfTheReference() {
    Map<String, Path> pictures = new HashMap<>();
    pictures.put("scene-1", DEMO.resolve("images/scene-1.png"));
    pictures.put("scene-2", DEMO.resolve("images/scene-2.png"));
    pictures.put("wide", REGIONS.resolve("wide.png"));
    try (RegionDetector detector = RegionDetector.open(DEMO.resolve("detector"))) {
      pictures.forEach(
          (name, picture) -> {
            double[] expected =
                OpGolden.read(REGIONS.resolve(name + ".safetensors")).get("roi_features").numbers();
            float[] found = detector.detect(picture).features().toArray();
            check(name + " numbers", found.length, expected.length, 0);
            for (int i = 0; i < Math.min(found.length, expected.length); i++) {
              check("%s [%d]".formatted(name, i), found[i], expected[i], FEATURE);
            }
          });
    }
    assertThat(failures).isEmpty();
  }

  private void check(String what, double found, double expected, double tolerance) {
    if (!(Math.abs(found - expected) <= tolerance)) {
      failures.add("%s: %s, expected %s".formatted(what, found, expected));
    }
  }
}
