package io.github.visualbert.spark;

import io.github.visualbert.ask.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Answers the rows of a partition: id, then the columns of {@link ReplyRows}. */
final class PartitionAnswers implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** Sequences that are read before they are answered in batches of like length. */
  private static final int WINDOW_SEQUENCES = 256;

  /** Maximum numbers in the pictures of a window: 64 MiB of floats. */
  private static final long WINDOW_NUMBERS = 1L << 24;

  private final AskSettings settings;
  private final TaskColumns columns;

  PartitionAnswers(AskSettings settings, TaskColumns columns) {
    this.settings = settings;
    this.columns = columns;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> input) {
    if (!input.hasNext()) {
      return input; // needs no model
    }
    Answering answering = new Answering(settings);
    TaskContext.get()
        .addTaskCompletionListener(
            _ -> {
              answering.close();
            });
    return new Answers(input, answering);
  }

  /** The answers of a partition, a window at a time. */
  private final class Answers implements Iterator<Row> {
    private final Iterator<Row> input;
    private final Answering answering;
    private final Deque<Row> ready = new ArrayDeque<>();

    Answers(Iterator<Row> input, Answering answering) {
      this.input = input;
      this.answering = answering;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && input.hasNext()) {
        answerWindow();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void answerWindow() {
      List<Answering.Question> window = new ArrayList<>();
      int sequences = 0;
      long numbers = 0;
      while (input.hasNext()
          && window.size() < WINDOW_SEQUENCES
          && sequences < WINDOW_SEQUENCES
          && numbers < WINDOW_NUMBERS) {
        Answering.Question question = answering.question(columns.row(input.next()));
        window.add(question);
        sequences += question.sequences();
        numbers += question.numbers();
      }
      List<Reply> replies = answering.answer(window);
      for (int i = 0; i < replies.size(); i++) {
        Object[] values = answering.rows().values(replies.get(i));
        Object[] row = new Object[values.length + 1];
        row[0] = window.get(i).row().id();
        System.arraycopy(values, 0, row, 1, values.length);
        ready.add(RowFactory.create(row));
      }
    }
  }
}
