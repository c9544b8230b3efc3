package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.AnchorShapes;
import io.github.visualbert.detect.DetectorConfig.Head;
import io.github.visualbert.detect.DetectorConfig.Input;
import io.github.visualbert.detect.DetectorConfig.Network;
import io.github.visualbert.detect.DetectorConfig.Proposals;
import io.github.visualbert.internal.json.JsonArray;
import java.util.List;
import java.util.Map;

/**
 * The configuration of bottom-up attention in the form of {@code frcnn-vg-finetuned}: detectron2's
 * keys without the section MODEL. Keys that only training reads are ignored.
 */
final class BottomUpConfig {
  static final int LONGEST_SIDE = 4096;
  static final int MAX_BOXES = 1 << 20;
  static final int MAX_PROPOSALS = 10_000;
  static final int MAX_REGIONS = 4096;
  static final int MAX_CHANNELS = 1 << 16;

  /** The bottlenecks of each stage of a ResNet by its depth. */
  static final Map<Integer, List<Integer>> BLOCKS =
      Map.of(50, List.of(3, 4, 6, 3), 101, List.of(3, 4, 23, 3), 152, List.of(3, 8, 36, 3));

  private final ConfigSection root;

  private BottomUpConfig(ConfigSection root) {
    this.root = root;
  }

  /** Returns whether a configuration has the sections of this form. */
  static boolean recognises(ConfigSection root) {
    return root.has("roi_box_head") && root.has("roi_heads") && root.has("resnets");
  }

  /**
   * Reads a configuration.
   *
   * @throws io.github.visualbert.internal.json.JsonException when a value is missing, or says
   *     something that this library does not do
   */
  static DetectorConfig read(ConfigSection root) {
    return new BottomUpConfig(root).read();
  }

  private DetectorConfig read() {
    refuseOther("size_divisibility", root.integer("size_divisibility", 0, 1 << 20, 0), 0);
    int most = root.integer("max_detections", 1, MAX_REGIONS);
    return new DetectorConfig(
        input(root.section("input"), root.section("model")),
        network(root.section("resnets"), root.section("model")),
        anchors(root.section("anchor_generator")),
        proposals(root.section("proposal_generator"), root.section("rpn")),
        head(root.section("roi_box_head"), root.section("roi_heads")),
        root.section("roi_heads").numbers("nms_thresh_test", 0, 1),
        root.integer("min_detections", 0, most),
        most,
        null);
  }

  private void refuseOther(String key, int found, int only) {
    if (found != only) {
      throw root.expected(key, Integer.toString(only));
    }
  }

  private static Input input(ConfigSection input, ConfigSection model) {
    if (!input.text("format", "BGR").equals("BGR")) {
      throw input.expected("format", "\"BGR\"");
    }
    float[] mean = model.floats("pixel_mean", 3, 102.9801f, 115.9465f, 122.7717f);
    float[] std = model.floats("pixel_std", 3, 1, 1, 1);
    for (float deviation : std) {
      if (!(deviation > 0)) {
        throw model.expected("pixel_std", "3 positive numbers");
      }
    }
    return new Input(
        input.integer("min_size_test", 1, LONGEST_SIDE),
        input.integer("max_size_test", 1, LONGEST_SIDE),
        mean,
        std);
  }

  private static Network network(ConfigSection resnets, ConfigSection model) {
    requireOnly(resnets, "out_features");
    List<Integer> blocks = List.of();
    if (resnets.has("depth")) {
      blocks = BLOCKS.get(resnets.integer("depth", 1, 1000));
      if (blocks == null) {
        throw resnets.expected("depth", "50, 101 or 152");
      }
    }
    return new Network(
        blocks,
        resnets.integer("num_groups", 1, MAX_CHANNELS, 1),
        resnets.integer("width_per_group", 1, MAX_CHANNELS, DetectorConfig.UNSTATED),
        resnets.integer("stem_out_channels", 1, MAX_CHANNELS, DetectorConfig.UNSTATED),
        resnets.integer("res2_out_channels", 1, MAX_CHANNELS, DetectorConfig.UNSTATED),
        resnets.flag("stride_in_1x1", true),
        model.flag("max_pool", true));
  }

  /** The regions and the proposals must both be of res4: the network is one without a pyramid. */
  private static void requireOnly(ConfigSection section, String key) {
    if (section.has(key)
        && !(section.value(key) instanceof JsonArray features
            && features.toStrings().equals(List.of("res4")))) {
      throw section.expected(key, "[\"res4\"]");
    }
  }

  private static AnchorShapes anchors(ConfigSection anchors) {
    return new AnchorShapes(
        anchors.numbers("sizes", 1, 1 << 16),
        anchors.numbers("aspect_ratios", 0.01, 100),
        anchors.number("offset", 0, Math.nextDown(1.0), 0));
  }

  private static Proposals proposals(ConfigSection generator, ConfigSection rpn) {
    requireOnly(rpn, "in_features");
    return new Proposals(
        generator.integer("hidden_channels", -1, MAX_CHANNELS, DetectorConfig.UNSTATED),
        weights(rpn, 1, 1, 1, 1),
        rpn.integer("pre_nms_topk_test", 1, MAX_BOXES),
        rpn.number("nms_thresh", 0, 1),
        rpn.integer("post_nms_topk_test", 1, MAX_PROPOSALS),
        generator.number("min_size", 0, LONGEST_SIDE, 0));
  }

  private static Head head(ConfigSection head, ConfigSection heads) {
    requireOnly(heads, "in_features");
    return new Head(
        head.integer("pooler_resolution", 1, 64),
        weights(head, 10, 10, 5, 5),
        head.flag("res5halve", false),
        heads.integer("num_classes", 1, MAX_CHANNELS),
        head.flag("cls_agnostic_bbox_reg", false),
        head.flag("attr", false) ? head.integer("num_attrs", 1, MAX_CHANNELS) : 0);
  }

  private static float[] weights(ConfigSection section, float... absent) {
    float[] weights = section.floats("bbox_reg_weights", 4, absent);
    for (float weight : weights) {
      if (!(weight > 0)) {
        throw section.expected("bbox_reg_weights", "4 positive numbers");
      }
    }
    return weights;
  }
}
