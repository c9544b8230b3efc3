package consumer;

import io.github.visualbert.VisualBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints whether the weights are mapped into memory before, while and after a model is open. */
public final class OpenAndClose {
  private OpenAndClose() {}

  /** Takes the model's folder. */
  public static void main(String[] args) throws IOException {
    String mapped = "" + mapped();
    try (VisualBert model = VisualBert.open(Path.of(args[0]))) {
      mapped += " " + mapped();
    }
    System.out.println(mapped + " " + mapped());
  }

  private static boolean mapped() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.anyMatch(line -> line.endsWith("/model.safetensors"));
    }
  }
}
