package io.github.visualbert.detect;

import static io.github.visualbert.detect.BottomUpConfig.LONGEST_SIDE;
import static io.github.visualbert.detect.BottomUpConfig.MAX_BOXES;
import static io.github.visualbert.detect.BottomUpConfig.MAX_CHANNELS;
import static io.github.visualbert.detect.BottomUpConfig.MAX_PROPOSALS;
import static io.github.visualbert.detect.DetectorConfig.UNSTATED;

import io.github.visualbert.detect.DetectorConfig.AnchorShapes;
import io.github.visualbert.detect.DetectorConfig.Head;
import io.github.visualbert.detect.DetectorConfig.Input;
import io.github.visualbert.detect.DetectorConfig.Network;
import io.github.visualbert.detect.DetectorConfig.Proposals;
import io.github.visualbert.detect.DetectorConfig.Pyramid;
import java.util.Arrays;
import java.util.List;

/**
 * The configuration of a detector on a pyramid in the form of maskrcnn-benchmark, as {@code
 * detectron_model.yaml}; what it leaves out is that code's default. Keys that only training reads
 * are ignored.
 */
final class BenchmarkConfig {
  /** Regions of a picture, as the script takes them that features are published from. */
  private static final int REGIONS = 100;

  /** The overlap above which a region suppresses another of its class; the script's. */
  private static final double OVERLAP = 0.5;

  private BenchmarkConfig() {}

  /** Returns whether a configuration has the sections of this form. */
  static boolean recognises(ConfigSection root) {
    return root.hasSection("model")
        && (root.section("model").hasSection("backbone")
            || root.section("model").hasSection("roi_box_head"));
  }

  /**
   * Reads a configuration.
   *
   * @throws io.github.visualbert.internal.json.JsonException when a value says something that this
   *     library does not do
   */
  static DetectorConfig read(ConfigSection root) {
    ConfigSection model = root.section("model");
    ConfigSection input = root.sectionOrEmpty("input");
    ConfigSection backbone = model.sectionOrEmpty("backbone");
    ConfigSection rpn = model.sectionOrEmpty("rpn");
    ConfigSection head = model.sectionOrEmpty("roi_box_head");
    requireOnly(rpn, "anchor_stride", 4, 8, 16, 32, 64);
    requireOnly(head, "pooler_scales", 1.0 / 4, 1.0 / 8, 1.0 / 16, 1.0 / 32);
    double[] sizes = rpn.numbers("anchor_sizes", 1, 1 << 16, 32, 64, 128, 256, 512);
    if (sizes.length != Pyramid.LAST - Pyramid.FIRST + 1) {
      throw rpn.expected("anchor_sizes", "a size for each of the 5 levels");
    }
    return new DetectorConfig(
        new Input(
            input.integer("min_size_test", 1, LONGEST_SIDE, 800),
            input.integer("max_size_test", 1, LONGEST_SIDE, 1333),
            input.floats("pixel_mean", 3, 102.9801f, 115.9465f, 122.7717f),
            new float[] {1, 1, 1}), // the script does not divide
        network(backbone, model.sectionOrEmpty("resnets")),
        new AnchorShapes(sizes, rpn.numbers("aspect_ratios", 0.01, 100, 0.5, 1, 2), 0),
        new Proposals(
            UNSTATED,
            new float[] {1, 1, 1, 1},
            rpn.integer("pre_nms_top_n_test", 1, MAX_BOXES, 6000),
            rpn.number("nms_thresh", 0, 1, 0.7),
            rpn.integer("post_nms_top_n_test", 1, MAX_PROPOSALS, 1000),
            rpn.number("min_size", 0, LONGEST_SIDE, 0)),
        new Head(
            head.integer("pooler_resolution", 1, 64, 14),
            new float[] {10, 10, 5, 5},
            false,
            head.integer("num_classes", 2, MAX_CHANNELS, 81) - 1,
            false,
            0),
        new double[] {OVERLAP},
        REGIONS,
        REGIONS,
        new Pyramid(
            backbone.integer("out_channels", 1, MAX_CHANNELS, UNSTATED),
            rpn.integer("fpn_post_nms_top_n_test", 1, MAX_PROPOSALS, 2000),
            head.integer("mlp_head_dim", 1, MAX_CHANNELS, UNSTATED),
            head.integer("pooler_sampling_ratio", 0, 64, 0),
            224,
            4,
            0));
  }

  private static Network network(ConfigSection backbone, ConfigSection resnets) {
    String body = backbone.text("conv_body", "R-50-C4");
    List<Integer> blocks =
        switch (body) {
          case "R-50-FPN", "R-101-FPN", "R-152-FPN" ->
              BottomUpConfig.BLOCKS.get(Integer.parseInt(body.substring(2, body.length() - 4)));
          default -> throw backbone.expected("conv_body", "R-50-FPN, R-101-FPN or R-152-FPN");
        };
    return new Network(
        blocks,
        resnets.integer("num_groups", 1, MAX_CHANNELS, 1),
        resnets.integer("width_per_group", 1, MAX_CHANNELS, UNSTATED),
        resnets.integer("stem_out_channels", 1, MAX_CHANNELS, UNSTATED),
        resnets.integer("res2_out_channels", 1, MAX_CHANNELS, UNSTATED),
        resnets.flag("stride_in_1x1", true),
        false);
  }

  private static void requireOnly(ConfigSection section, String key, double... only) {
    if (!Arrays.equals(section.numbers(key, 0, 1 << 16), only)) {
      throw section.expected(key, Arrays.toString(only));
    }
  }
}
