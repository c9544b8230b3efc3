package io.github.visualbert.detect;

import java.util.Arrays;

/**
 * What the kinds of detectors on a pyramid do differently.
 *
 * @param rules how proposals are picked, and how boxes are measured
 * @param choice how regions are chosen
 * @param trace hands over the stages that only one kind has
 */
record PyramidTraits(ProposalRules rules, RegionChoice choice, Trace trace) {
  /** Pythia's detector, a ResNeXt of Visual Genome, and the script that publishes its features. */
  static final PyramidTraits PYTHIA =
      new PyramidTraits(
          new ProposalRules(BoxConvention.LEGACY, true, BoxFilter.AT_LEAST),
          RegionChoice.BEST,
          PyramidTraits::traceClasses);

  /** Detectron's Mask R-CNN, and the script that the features for NLVR2 were made with. */
  static final PyramidTraits MASK_RCNN =
      new PyramidTraits(
          new ProposalRules(BoxConvention.LEGACY_AT_THRESHOLD, true, BoxFilter.IN_PICTURE),
          RegionChoice.ABOVE,
          (selected, objects, classes, traced) -> {});

  /** Hands over stages of the selection. */
  @FunctionalInterface
  interface Trace {
    void trace(PyramidSelection.Selected selected, int[] objects, int classes, Stages traced);
  }

  private static void traceClasses(
      PyramidSelection.Selected selected, int[] objects, int classes, Stages traced) {
    int[] kept = selected.kept();
    float[] probabilities = new float[kept.length * classes];
    for (int i = 0; i < kept.length; i++) {
      int first = kept[i] * (classes + 1) + 1; // after background
      System.arraycopy(selected.probabilities(), first, probabilities, i * classes, classes);
    }
    traced.ints("objects", objects);
    traced.floats("cls_prob", probabilities, kept.length, classes);
    traced.ints(
        "num_boxes", (int) Arrays.stream(kept).filter(r -> selected.confidences()[r] != 0).count());
  }
}
