package io.github.visualbert.spark;

import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.ArraySeq;

/**
 * The columns of replies, named as the fields of {@code visualbert run}: {@code error}, {@code
 * truncated}, then those of the task. Immutable and thread-safe.
 */
final class ReplyRows {
  private static final ArrayType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);

  private final AskSettings settings;
  private final AnswerNames names;
  private final int columns;

  ReplyRows(AskSettings settings, AnswerNames names) {
    this.settings = settings;
    this.names = names;
    this.columns = schema(settings).size();
  }

  /** Returns the columns of all replies to a task. */
  static StructType schema(AskSettings settings) {
    List<StructField> fields = new ArrayList<>();
    fields.add(field("error", DataTypes.StringType));
    fields.add(field("truncated", DataTypes.BooleanType));
    if (settings.task() == TaskName.ENCODE) {
      fields.add(field("pooler_output", FLOATS));
      if (settings.lastHiddenState()) {
        fields.add(field("last_hidden_state", DataTypes.createArrayType(FLOATS, false)));
      }
    } else {
      fields.add(field("answers", answers(settings.task())));
      if (settings.task() == TaskName.PRETRAIN) {
        fields.add(field("match", DataTypes.DoubleType));
      }
    }
    return DataTypes.createStructType(fields);
  }

  /** Returns the type of what a function gives: the whole reply, or the one column of answers. */
  static DataType resultType(AskSettings settings) {
    StructType all = schema(settings);
    return isWhole(settings) ? all : all.fields()[2].dataType();
  }

  private static boolean isWhole(AskSettings settings) {
    return settings.errors() == ErrorMode.COLUMN || settings.lastHiddenState();
  }

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  private static ArrayType answers(TaskName task) {
    List<StructField> fields = new ArrayList<>();
    if (task == TaskName.FLICKR) {
      fields.add(field("phrase", DataTypes.StringType));
      fields.add(field("region", DataTypes.IntegerType));
    }
    if (task == TaskName.PRETRAIN) {
      fields.add(field("mask", DataTypes.IntegerType));
    }
    fields.add(field("label", DataTypes.StringType));
    fields.add(field("index", DataTypes.IntegerType));
    fields.add(field("score", DataTypes.DoubleType));
    if (task == TaskName.FLICKR) {
      fields.add(field("box", FLOATS));
    }
    if (isNamed(task)) {
      fields.add(field("placeholder", DataTypes.BooleanType));
    }
    return DataTypes.createArrayType(DataTypes.createStructType(fields), false);
  }

  /** Returns whether a model may leave the answers of a task without names. */
  private static boolean isNamed(TaskName task) {
    return task == TaskName.VQA || task == TaskName.NLVR2;
  }

  /** Returns what a function gives for a reply. */
  Object result(Reply reply) {
    Object[] all = values(reply);
    return isWhole(settings) ? RowFactory.create(all) : all[2];
  }

  /** Returns a reply as the values of {@link #schema}. */
  Object[] values(Reply reply) {
    Object[] values = new Object[columns];
    values[1] = reply.truncated();
    switch (reply) {
      case Reply.Failed failed -> values[0] = failed.error();
      case Reply.Answers answers -> {
        values[2] = answers(answers);
        if (columns > 3) {
          values[3] = answers.match().isPresent() ? answers.match().getAsDouble() : null;
        }
      }
      case Reply.Vectors vectors -> {
        values[2] = ArraySeq.unsafeWrapArray(vectors.pooled().toFloatArray());
        if (columns > 3) {
          values[3] = matrix(vectors.lastHiddenState());
        }
      }
    }
    return values;
  }

  private ArraySeq<?> answers(Reply.Answers reply) {
    List<Row> rows = new ArrayList<>();
    int mask = 0;
    for (Reply.Group group : reply.groups()) {
      mask++;
      for (int i = 0; i < group.answers().size(); i++) {
        Box box = group.boxes().isEmpty() ? null : group.boxes().get(i);
        rows.add(answer(group.answers().get(i), group.about(), mask, box));
      }
    }
    return ArraySeq.unsafeWrapArray(rows.toArray());
  }

  private Row answer(Answer answer, String about, int mask, Box box) {
    List<Object> values = new ArrayList<>();
    if (settings.task() == TaskName.FLICKR) {
      values.add(about);
      values.add(answer.index());
    }
    if (settings.task() == TaskName.PRETRAIN) {
      values.add(about == null ? null : mask);
    }
    values.add(answer.label());
    values.add(answer.index());
    values.add(answer.score());
    if (settings.task() == TaskName.FLICKR) {
      values.add(box == null ? null : floats(box.left(), box.top(), box.right(), box.bottom()));
    }
    if (isNamed(settings.task())) {
      values.add(names.isPlaceholder(answer));
    }
    return RowFactory.create(values.toArray());
  }

  static ArraySeq<?> floats(float... values) {
    return ArraySeq.unsafeWrapArray(values);
  }

  /** Returns the rows of a matrix. */
  static ArraySeq<?> matrix(Tensor tensor) {
    int columns = (int) tensor.size(-1);
    Object[] rows = new Object[(int) tensor.size(0)];
    for (int i = 0; i < rows.length; i++) {
      float[] row = new float[columns];
      tensor.copyTo((long) i * columns, row, 0, columns);
      rows[i] = ArraySeq.unsafeWrapArray(row);
    }
    return ArraySeq.unsafeWrapArray(rows);
  }
}
