package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.visualbert.VisualBert;
import io.github.visualbert.task.QuestionAnswering;
import io.github.visualbert.task.QuestionAnswering.Question;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a warm model allocates. */
class AllocationTest {
  /**
   * Bytes per question. Its tokens and answer take some 3 KB; objects of a layer would exceed it.
   */
  private static final long MAX_BYTES = 4 << 10;

  private static final int ROUNDS = 60;
  private static final int ANSWERS = 5;

  /**
   * The count includes all threads of the JVM, so only the least of many rounds is that of passes.
   */
  @Test
  void aPassAllocatesOnlyItsAnswer() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      VisualFeatures picture = FeatureFile.read(Cli.DEMO.resolve("images/features/scene-1.npy"));
      QuestionAnswering task = model.questionAnswering();
      for (int batch : new int[] {1, 8}) {
        List<Question> questions =
            Collections.nCopies(batch, new Question("what colour is the ring?", picture));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
          long before = threads.getTotalThreadAllocatedBytes();
          for (int i = 0; i < ANSWERS; i++) {
            task.answer(questions, 1);
          }
          least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
        }
        assertThat(least / ANSWERS / batch)
            .as("bytes of a question of %d", batch)
            .isLessThan(MAX_BYTES);
      }
    }
  }
}
