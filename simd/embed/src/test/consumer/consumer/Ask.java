package consumer;

import io.github.visualbert.VisualBert;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;

/** Asks a model about a picture; prints which kernels computed and the answer. */
public final class Ask {
  private Ask() {}

  /** Takes the model's folder, the picture and the question. */
  public static void main(String[] args) {
    try (VisualBert model = VisualBert.open(Path.of(args[0]))) {
      VisualFeatures picture = model.regions(Path.of(args[1]));
      Ranking ranking = model.questionAnswering().answer(args[2], picture, 5);
      System.out.println(model.kernels());
      System.out.println(ranking.best().label());
    }
  }
}
