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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration of a detector on a pyramid in the form of Detectron, as {@code
 * e2e_mask_rcnn_R-101-FPN_2x.yaml}. What it leaves out is that code's default, except what decides
 * about every picture, which must be there. {@code FASTER_RCNN} is ignored: without proposals there
 * would be no regions.
 */
final class DetectronConfig {
  /** Regions of a picture, and what makes one likely: as the features for NLVR2 were made. */
  private static final int REGIONS = 150;

  private static final double CONFIDENCE = 0.2;

  private static final double GROWTH = Math.log(1000.0 / 16);

  private static final Pattern BODY =
      Pattern.compile("FPN\\.add_fpn_ResNet(50|101|152)_conv5_body");

  private DetectronConfig() {}

  /** Returns whether a configuration has the sections of this form. */
  static boolean recognises(ConfigSection root) {
    return root.hasSection("model")
        && root.section("model").has("conv_body")
        && root.hasSection("test");
  }

  /**
   * Reads a configuration.
   *
   * @throws io.github.visualbert.internal.json.JsonException when a value is missing, or says
   *     something that this library does not do
   */
  static DetectorConfig read(ConfigSection root) {
    ConfigSection pyramid = root.sectionOrEmpty("fpn");
    ConfigSection head = root.sectionOrEmpty("fast_rcnn");
    ConfigSection test = root.section("test");
    requireLevels(pyramid);
    if (!head.text("roi_xform_method", "RoIPoolF").equals("RoIAlign")) {
      throw head.expected("roi_xform_method", "\"RoIAlign\"");
    }
    if (Math.abs(root.number("bbox_xform_clip", 0, 1e6, GROWTH) - GROWTH) > 1e-6) {
      throw root.expected("bbox_xform_clip", "log(1000 / 16)");
    }
    double[] sizes = new double[Pyramid.LAST - Pyramid.FIRST + 1];
    int start = pyramid.integer("rpn_anchor_start_size", 1, 1 << 12, 32);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = start << i;
    }
    int proposals = test.integer("rpn_post_nms_top_n", 1, MAX_PROPOSALS);
    return new DetectorConfig(
        new Input(
            test.integer("scale", 1, LONGEST_SIDE),
            test.integer("max_size", 1, LONGEST_SIDE),
            root.floats("pixel_means", 3, 102.9801f, 115.9465f, 122.7717f),
            new float[] {1, 1, 1}),
        network(root.section("model"), root.sectionOrEmpty("resnets")),
        new AnchorShapes(sizes, pyramid.numbers("rpn_aspect_ratios", 0.01, 100, 0.5, 1, 2), 0),
        new Proposals(
            UNSTATED,
            new float[] {1, 1, 1, 1},
            test.integer("rpn_pre_nms_top_n", 1, MAX_BOXES),
            test.number("rpn_nms_thresh", 0, 1, 0.7),
            proposals,
            test.number("rpn_min_size", 0, LONGEST_SIDE, 0)),
        new Head(
            head.integer("roi_xform_resolution", 1, 64, 14),
            new float[] {10, 10, 5, 5},
            false,
            root.section("model").integer("num_classes", 2, MAX_CHANNELS) - 1,
            false,
            0),
        new double[] {test.number("nms", 0, 1)},
        REGIONS,
        REGIONS,
        new Pyramid(
            pyramid.integer("dim", 1, MAX_CHANNELS, UNSTATED),
            proposals,
            head.integer("mlp_head_dim", 1, MAX_CHANNELS, UNSTATED),
            head.integer("roi_xform_sampling_ratio", 0, 64, 0),
            pyramid.number("roi_canonical_scale", 1, 1 << 16, 224),
            pyramid.integer("roi_canonical_level", 0, 16, 4),
            CONFIDENCE));
  }

  private static void requireLevels(ConfigSection pyramid) {
    pyramid.requireOnly("coarsest_stride", Pyramid.DIVISOR);
    pyramid.requireOnly("rpn_min_level", Pyramid.FIRST);
    pyramid.requireOnly("rpn_max_level", Pyramid.LAST);
    pyramid.requireOnly("roi_min_level", Pyramid.FIRST);
    pyramid.requireOnly("roi_max_level", Pyramid.LAST_POOLED);
  }

  private static Network network(ConfigSection model, ConfigSection resnets) {
    Matcher body = BODY.matcher(model.text("conv_body", ""));
    if (!body.matches()) {
      throw model.expected("conv_body", "FPN.add_fpn_ResNet101_conv5_body, or of depth 50 or 152");
    }
    List<Integer> blocks = BottomUpConfig.BLOCKS.get(Integer.parseInt(body.group(1)));
    return new Network(
        blocks,
        resnets.integer("num_groups", 1, MAX_CHANNELS, 1),
        resnets.integer("width_per_group", 1, MAX_CHANNELS, UNSTATED),
        UNSTATED,
        UNSTATED,
        resnets.flag("stride_1x1", true),
        false);
  }
}
