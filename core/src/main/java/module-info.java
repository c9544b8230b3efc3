/** VisualBERT on the JDK alone: model, tokenizer, weights, region features and tasks. */
module io.github.visualbert.core {
  requires java.desktop; // ImageIO, to read pictures

  exports io.github.visualbert.error;
  exports io.github.visualbert.kernel;
  exports io.github.visualbert.tensor;

  uses io.github.visualbert.kernel.KernelProvider;
}
