package io.github.visualbert.weights;

/** How weights are stored. */
public enum WeightFormat {
  SAFETENSORS("safetensors"),
  TORCH_ZIP("torch"),
  TORCH_LEGACY("torch before 1.6"),
  NUMPY_PICKLE("a pickle of numpy"),
  SHARDED("sharded");

  private final String description;

  WeightFormat(String description) {
    this.description = description;
  }

  /** Returns the format in words. */
  public String description() {
    return description;
  }
}
