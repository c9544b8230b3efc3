package io.github.visualbert.weights;

/** How weights are stored. */
public enum WeightFormat {
  SAFETENSORS("safetensors"),
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
