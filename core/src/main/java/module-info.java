/** VisualBERT on the JDK alone: model, tokenizer, weights, region features and tasks. */
@SuppressWarnings("module") // simd and the command line are compiled later
module io.github.visualbert.core {
  requires java.desktop; // ImageIO, to read pictures

  exports io.github.visualbert;
  exports io.github.visualbert.config;
  exports io.github.visualbert.detect;
  exports io.github.visualbert.error;
  exports io.github.visualbert.forward;
  exports io.github.visualbert.picture;
  exports io.github.visualbert.task;
  exports io.github.visualbert.tensor;
  exports io.github.visualbert.vision;

  // The project's own modules see more; none of it is promised to anybody else.
  exports io.github.visualbert.ask to
      io.github.visualbert.cli;
  exports io.github.visualbert.internal.file to
      io.github.visualbert.cli;
  exports io.github.visualbert.internal.json to
      io.github.visualbert.cli;
  exports io.github.visualbert.kernel to
      io.github.visualbert.simd,
      io.github.visualbert.cli;
  exports io.github.visualbert.model to
      io.github.visualbert.cli;
  exports io.github.visualbert.text to
      io.github.visualbert.cli;
  exports io.github.visualbert.weights to
      io.github.visualbert.cli;

  uses io.github.visualbert.kernel.KernelProvider;
}
