package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.Locale;
import java.util.Optional;

/**
 * Where region features come from: the detectors that the published checkpoints were trained on, or
 * are often fed by mistake.
 *
 * <p>Features of the wrong detector have the right shape and give wrong answers without a word: a
 * checkpoint that answers 71 % of VQA's questions from its own detector's features answers 40 to 46
 * % from those of bottom-up attention. The numbers alone tell the width, whether any is negative,
 * and how many are exactly zero: an fc6 layer ends in a ReLU that zeroes much of its output,
 * whereas a mean over a map of positive activations is hardly ever zero. So a guess is a hint,
 * never a proof; in particular the two ResNeXt detectors cannot be told apart.
 */
public enum FeatureOrigin {
  /**
   * Pythia's ResNeXt-101-FPN (the authors' VQA checkpoints) or MMF's ResNeXt-152-FPN: fc6, 100
   * regions.
   */
  RESNEXT_FPN("pythia", "a ResNeXt-FPN detector of Pythia or MMF (fc6)", 2048, 100),
  /** Bottom-up attention's ResNet-101-C4: the mean of res5, 10 to 100 regions, or 36. */
  BOTTOM_UP("butd", "bottom-up attention's ResNet-101-C4 (mean of res5)", 2048, 100),
  /** Bottom-up attention with six columns for the box, as in BAN's Flickr30k features. */
  BOTTOM_UP_WITH_BOXES("butd", "bottom-up attention's ResNet-101-C4 with boxes", 2054, 100),
  /**
   * Detectron's Mask R-CNN with ResNet-101-FPN, the authors' choice for NLVR2: fc6, 144 of 150
   * regions.
   */
  MASK_RCNN("mask_rcnn", "Detectron's Mask R-CNN R-101-FPN (fc6)", 1024, 150),
  /** The ResNet-50 that was trained together with the authors' VCR checkpoints: given boxes. */
  VCR_TOWER("vcr", "the ResNet-50 tower of the VCR checkpoints", 512, Integer.MAX_VALUE);

  /**
   * The share of zeros that tells a ReLU, which makes many, from a mean, which makes few. Chosen,
   * not measured.
   */
  private static final double SPARSE = 0.2;

  private static final int PYTHIA_ANSWERS = 3129;
  private static final int BOX_COLUMNS = 6;
  private static final int NLVR2_REGIONS = 144; // of 150: the authors' image_feature_cap

  private final String detector;
  private final String description;
  private final int dim;
  private final int mostRegions;

  FeatureOrigin(String detector, String description, int dim, int mostRegions) {
    this.detector = detector;
    this.description = description;
    this.dim = dim;
    this.mostRegions = mostRegions;
  }

  /** Returns the kind of the detector as the command line writes it, such as {@code pythia}. */
  public String detector() {
    return detector;
  }

  /** Returns a description of the detector. */
  public String description() {
    return description;
  }

  /** Returns the number of columns of its features. */
  public int dim() {
    return dim;
  }

  /**
   * Returns how many of a picture's regions the authors gave to the checkpoints that were trained
   * on them, the first ones; {@link Integer#MAX_VALUE} for all.
   */
  public int regionsTaken() {
    return this == MASK_RCNN ? NLVR2_REGIONS : Integer.MAX_VALUE;
  }

  /**
   * Checks that features are as wide as those that a checkpoint of this detector was trained on.
   *
   * @throws InputException when they have another number of columns; it names the detector
   */
  public void requireDim(VisualFeatures features) {
    if (features.dim() != dim) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: visual_embeds has %d columns, the model's visual_embedding_dim is %d; it was trained on features of %s: give it those of the detector %s"
              .formatted(features.source(), features.dim(), dim, description, detector));
    }
  }

  /** Guesses where features came from; empty when they look like none of these. */
  public static Optional<FeatureOrigin> guess(VisualFeatures features) {
    return guess(features.dim(), Numbers.of(features));
  }

  private static Optional<FeatureOrigin> guess(int dim, Numbers numbers) {
    if (numbers.negative || numbers.constant) {
      return Optional.empty();
    }
    boolean sparse = numbers.zeros >= SPARSE;
    FeatureOrigin likely =
        switch (dim) {
          case 2048 -> sparse ? RESNEXT_FPN : BOTTOM_UP;
          case 2054 -> numbers.lastColumnsAreFractions && !sparse ? BOTTOM_UP_WITH_BOXES : null;
          case 1024 -> sparse ? MASK_RCNN : null;
          case 512 -> sparse ? VCR_TOWER : null;
          default -> null;
        };
    return Optional.ofNullable(likely);
  }

  /**
   * Returns the detector that the authors trained a checkpoint on, as far as its shape says that it
   * is theirs.
   *
   * @param architecture the class in {@code architectures} of config.json
   * @param labels the number of answers, where the head has such
   */
  public static Optional<FeatureOrigin> ofCheckpoint(
      String architecture, int visualEmbeddingDim, int labels) {
    return switch (architecture) {
      case "VisualBertForQuestionAnswering" ->
          only(visualEmbeddingDim == 2048 && labels == PYTHIA_ANSWERS, RESNEXT_FPN);
      case "VisualBertForVisualReasoning" -> only(visualEmbeddingDim == 1024, MASK_RCNN);
      case "VisualBertForMultipleChoice" -> only(visualEmbeddingDim == 512, VCR_TOWER);
      case "VisualBertForRegionToPhraseAlignment" ->
          only(visualEmbeddingDim == 2054, BOTTOM_UP_WITH_BOXES);
      case "VisualBertForPreTraining" ->
          switch (visualEmbeddingDim) {
            case 2048 -> Optional.of(RESNEXT_FPN);
            case 1024 -> Optional.of(MASK_RCNN);
            case 512 -> Optional.of(VCR_TOWER);
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  private static Optional<FeatureOrigin> only(boolean known, FeatureOrigin origin) {
    return known ? Optional.of(origin) : Optional.empty();
  }

  /**
   * Returns one line of warning when features are of another detector than this one, which a
   * checkpoint was trained on; empty when they are of this.
   *
   * @param known where the features come from
   */
  public Optional<String> warning(VisualFeatures features, FeatureOrigin known) {
    return known == this
        ? Optional.empty()
        : Optional.of(
            "%s: the detector %s gives features of %s, but the checkpoint was trained on those of %s: give it the detector %s; expect wrong answers"
                .formatted(
                    features.source(), known.detector, known.description, description, detector));
  }

  /**
   * Returns one line of warning when features of the right width do not look like those of this
   * detector, which a checkpoint was trained on; empty when nothing speaks against them.
   */
  public Optional<String> warning(VisualFeatures features) {
    if (features.dim() != dim) {
      return Optional.empty(); // an error, reported elsewhere
    }
    Numbers numbers = Numbers.of(features);
    String seen =
        String.format(
            Locale.ROOT,
            "%d regions of %d columns, %.0f %% zeros",
            features.regions(),
            dim,
            100 * numbers.zeros);
    if (numbers.negative) {
      return Optional.of(
          "%s: has negative numbers (%s), but the checkpoint was trained on features of %s, which are never negative"
              .formatted(features.source(), seen, description));
    }
    Optional<FeatureOrigin> other = guess(dim, numbers).filter(likely -> likely != this);
    if (other.isEmpty() && features.regions() > mostRegions) {
      return Optional.of(
          "%s: has %d regions, but the checkpoint was trained on features of %s, which gives at most %d"
              .formatted(features.source(), features.regions(), description, mostRegions));
    }
    return other.map(
        likely ->
            "%s: looks like features of %s (%s), but the checkpoint was trained on those of %s; expect wrong answers"
                .formatted(features.source(), likely.description, seen, description));
  }

  /** Statistics of the numbers. */
  private record Numbers(
      boolean negative, boolean constant, double zeros, boolean lastColumnsAreFractions) {
    static Numbers of(VisualFeatures features) {
      float first = features.get(0, 0);
      boolean negative = false;
      boolean constant = true;
      boolean fractions = features.dim() > BOX_COLUMNS;
      long zeros = 0;
      for (int r = 0; r < features.regions(); r++) {
        for (int c = 0; c < features.dim(); c++) {
          float value = features.get(r, c);
          negative |= value < 0;
          constant &= value == first;
          zeros += value == 0 ? 1 : 0;
          fractions &= c < features.dim() - BOX_COLUMNS || value <= 1;
        }
      }
      return new Numbers(
          negative, constant, zeros / ((double) features.regions() * features.dim()), fractions);
    }
  }
}
