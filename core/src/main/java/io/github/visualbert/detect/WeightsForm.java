package io.github.visualbert.detect;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a kind of detector writes its weights: what a layer's tensors are called, and whether batch
 * norm has statistics.
 *
 * <p>A network asks for tensors by detectron2's names, in which pyramid layers are {@code
 * pyramid.inner.4.22} and {@code pyramid.output.4.22}: stage and last block.
 */
enum WeightsForm {
  /** detectron2's names, as bottom-up attention has them. */
  DETECTRON2(true) {
    @Override
    String nameOf(String name) {
      return name;
    }

    @Override
    boolean ignores(String written) {
      return false;
    }
  },

  /** The names of maskrcnn-benchmark. */
  BENCHMARK(true) {
    @Override
    String nameOf(String name) {
      Matcher residual = RESIDUAL.matcher(name);
      if (residual.matches()) {
        return "backbone.body.layer%d.%s.%s"
            .formatted(
                Integer.parseInt(residual.group(1)) - 1,
                residual.group(2),
                convolution(residual.group(3), residual.group(4)));
      }
      Matcher pyramid = PYRAMID.matcher(name);
      if (pyramid.matches()) {
        return "backbone.fpn.fpn_%s%d.%s"
            .formatted(
                pyramid.group(1).equals("inner") ? "inner" : "layer",
                Integer.parseInt(pyramid.group(2)) - 1,
                pyramid.group(4));
      }
      if (name.startsWith(STEM)) {
        return "backbone.body.stem." + convolution("conv1", name.substring(STEM.length()));
      }
      return name.replace("proposal_generator.rpn_head.objectness_logits", "rpn.head.cls_logits")
          .replace("proposal_generator.rpn_head.anchor_deltas", "rpn.head.bbox_pred")
          .replace("proposal_generator.rpn_head", "rpn.head")
          .replace("proposal_generator.", "rpn.")
          .replace("roi_heads.fc", "roi_heads.box.feature_extractor.fc")
          .replace("roi_heads.cls_score", "roi_heads.box.predictor.cls_score");
    }

    private static String convolution(String layer, String parameter) {
      boolean norm = parameter.startsWith(NORM);
      String last = norm ? parameter.substring(NORM.length()) : parameter;
      return layer.equals("shortcut")
          ? "downsample.%d.%s".formatted(norm ? 1 : 0, last)
          : (norm ? layer.replace("conv", "bn") : layer) + "." + last;
    }

    /** Regressed boxes and attributes are for training. */
    @Override
    boolean ignores(String written) {
      String predictor = "roi_heads.box.predictor.";
      return written.startsWith(predictor + "bbox_pred.")
          || written.startsWith(predictor + "cls_embed.")
          || written.startsWith(predictor + "attr_");
    }
  },

  /** The names of Detectron's blobs, in which batch norm is a scale and a bias. */
  CAFFE2(false) {
    @Override
    String nameOf(String name) {
      Matcher residual = RESIDUAL.matcher(name);
      if (residual.matches()) {
        return "res%s_%s_%s%s"
            .formatted(
                residual.group(1),
                residual.group(2),
                branch(residual.group(3)),
                ending(residual.group(4)));
      }
      Matcher pyramid = PYRAMID.matcher(name);
      if (pyramid.matches()) {
        boolean inner = pyramid.group(1).equals("inner");
        return "fpn_%sres%s_%s_sum%s%s"
            .formatted(
                inner ? "inner_" : "",
                pyramid.group(2),
                pyramid.group(3),
                inner && !pyramid.group(2).equals("5") ? "_lateral" : "",
                ending(pyramid.group(4)));
      }
      if (name.startsWith(STEM)) {
        String parameter = name.substring(STEM.length());
        return (parameter.startsWith(NORM) ? "res_conv1" : "conv1") + ending(parameter);
      }
      int dot = name.lastIndexOf('.');
      String layer =
          switch (name.substring(0, dot)) {
            case "proposal_generator.rpn_head.conv" -> "conv_rpn_fpn2";
            case "proposal_generator.rpn_head.objectness_logits" -> "rpn_cls_logits_fpn2";
            case "proposal_generator.rpn_head.anchor_deltas" -> "rpn_bbox_pred_fpn2";
            default -> name.substring(name.indexOf('.') + 1, dot);
          };
      return layer + ending(name.substring(dot + 1));
    }

    private static String branch(String layer) {
      return switch (layer) {
        case "conv1" -> "branch2a";
        case "conv2" -> "branch2b";
        case "conv3" -> "branch2c";
        default -> "branch1";
      };
    }

    private static String ending(String parameter) {
      return switch (parameter) {
        case "weight" -> "_w";
        case "bias" -> "_b";
        case "norm.weight" -> "_bn_s";
        case "norm.bias" -> "_bn_b";
        default -> "_" + parameter;
      };
    }

    /** Regressed boxes, masks, and what is left of training. */
    @Override
    boolean ignores(String written) {
      return written.endsWith("_momentum")
          || written.startsWith("bbox_pred_")
          || written.contains("[mask]")
          || written.startsWith("conv5_mask")
          || written.startsWith("mask_fcn_logits")
          || written.startsWith("fc1000_")
          || written.equals("conv1_b")
          || written.equals("lr");
    }
  },

  /** The tower in a checkpoint of VCR's authors: a ResNet of torchvision, cut into a list. */
  TOWER(true) {
    @Override
    String nameOf(String name) {
      if (name.startsWith(STEM)) {
        String parameter = name.substring(STEM.length());
        return parameter.startsWith(NORM)
            ? BACKBONE + "1." + parameter.substring(NORM.length())
            : BACKBONE + "0." + parameter;
      }
      Matcher residual = TOWER_RESIDUAL.matcher(name);
      if (!residual.matches()) {
        return name;
      }
      int stage = Integer.parseInt(residual.group(1));
      String stages = stage == 5 ? "detector.after_roi_align.0." : BACKBONE + (stage + 2) + ".";
      String layer = residual.group(3);
      String parameter = residual.group(4);
      boolean norm = parameter.startsWith(NORM);
      String last = norm ? parameter.substring(NORM.length()) : parameter;
      return stages
          + residual.group(2)
          + (layer.equals("shortcut")
              ? ".downsample." + (norm ? 1 : 0)
              : "." + (norm ? layer.replace("conv", "bn") : layer))
          + "."
          + last;
    }

    /** The language model, and the classifier of a loss. */
    @Override
    boolean ignores(String written) {
      return !written.startsWith("detector.") || written.startsWith("detector.regularizing_");
    }
  };

  private static final String BACKBONE = "detector.backbone.";
  private static final String STEM = "backbone.stem.conv1.";
  private static final String NORM = "norm.";
  private static final Pattern RESIDUAL =
      Pattern.compile("backbone\\.res(\\d)\\.(\\d+)\\.(conv\\d|shortcut)\\.(.+)");
  private static final Pattern TOWER_RESIDUAL =
      Pattern.compile("(?:backbone|roi_heads)\\.res(\\d)\\.(\\d+)\\.(conv\\d|shortcut)\\.(.+)");
  private static final Pattern PYRAMID =
      Pattern.compile("pyramid\\.(inner|output)\\.(\\d)\\.(\\d+)\\.(.+)");

  private final boolean statistics;

  WeightsForm(boolean statistics) {
    this.statistics = statistics;
  }

  /** Returns whether batch norm is stored with mean and variance. */
  boolean hasStatistics() {
    return statistics;
  }

  /** Returns what the file calls a tensor. */
  abstract String nameOf(String name);

  /** Returns whether a file may hold this tensor and no network needs it. */
  abstract boolean ignores(String written);

  /** Returns whether a file names a tensor as the tower's backbone does. */
  static boolean isOfTower(String written) {
    return written.startsWith(BACKBONE) || written.startsWith(DetectorWeights.WRAPPER + BACKBONE);
  }
}
