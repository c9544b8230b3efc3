package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Replies as the columns of Arrow record batches. Not thread-safe. */
public final class ArrowReplies implements AutoCloseable {
  private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  private static final ArrowType INT32 = new ArrowType.Int(32, true);
  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final ArrowType FLOAT32 =
      new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  private static final ArrowType FLOAT64 =
      new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
  private static final DictionaryEncoding LABELS =
      new DictionaryEncoding(0, false, (ArrowType.Int) INT32);

  private final TaskName task;
  private final AnswerNames names;
  private final boolean integerIds;
  private final boolean allStates;
  private final int hidden;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final VarCharVector dictionary;
  private final Map<String, Integer> labels = new LinkedHashMap<>();

  /**
   * Makes the columns of a task.
   *
   * @param names whether answers have names; placeholders are marked as in JSON
   * @param integerIds whether ids are integers; texts otherwise
   * @param allStates whether {@code encode} gives every row of the last layer
   * @param hidden the length of a vector
   */
  public ArrowReplies(
      TaskName task, AnswerNames names, boolean integerIds, boolean allStates, int hidden) {
    this.task = task;
    this.names = names;
    this.integerIds = integerIds;
    this.allStates = allStates;
    this.hidden = hidden;
    this.allocator = ArrowMemory.root();
    this.root = VectorSchemaRoot.create(new Schema(columns()), allocator);
    this.dictionary = new VarCharVector("labels", allocator);
  }

  private List<Field> columns() {
    List<Field> columns = new ArrayList<>();
    columns.add(column("id", false, integerIds ? INT64 : TEXT));
    columns.add(column("error", true, TEXT));
    columns.add(column("truncated", false, ArrowType.Bool.INSTANCE));
    if (task == TaskName.ENCODE) {
      columns.add(vector("pooler_output", true));
      if (allStates) {
        columns.add(
            column("last_hidden_state", true, ArrowType.List.INSTANCE, vector("item", false)));
      }
      return columns;
    }
    List<Field> answer = new ArrayList<>();
    if (task == TaskName.FLICKR) {
      answer.add(column("phrase", false, TEXT));
      answer.add(column("region", false, INT32));
    } else if (task == TaskName.PRETRAIN) {
      answer.add(column("mask", true, INT32));
    }
    answer.add(new Field("label", new FieldType(false, INT32, LABELS), List.of()));
    answer.add(column("index", false, INT32));
    answer.add(column("score", false, FLOAT64));
    if (names.missing()) {
      answer.add(column("placeholder", false, ArrowType.Bool.INSTANCE));
    }
    Field item = column("item", false, ArrowType.Struct.INSTANCE, answer.toArray(Field[]::new));
    columns.add(column("answers", true, ArrowType.List.INSTANCE, item));
    if (task == TaskName.PRETRAIN) {
      columns.add(column("match", true, FLOAT64));
    }
    return columns;
  }

  private static Field column(String name, boolean nullable, ArrowType type, Field... children) {
    return new Field(name, new FieldType(nullable, type, null), List.of(children));
  }

  private Field vector(String name, boolean nullable) {
    return column(
        name, nullable, new ArrowType.FixedSizeList(hidden), column("item", false, FLOAT32));
  }

  /** Returns the columns with the replies of the last {@link #fill}. */
  VectorSchemaRoot root() {
    return root;
  }

  /** Returns the allocator of the columns. */
  BufferAllocator allocator() {
    return allocator;
  }

  /** Fills the columns with replies. */
  void fill(List<Reply> replies) {
    root.clear();
    for (int row = 0; row < replies.size(); row++) {
      Reply reply = replies.get(row);
      setId(row, reply.id());
      if (reply instanceof Reply.Failed(JsonValue _, String error)) {
        text(root.getVector("error"), row, error);
      }
      ((BitVector) root.getVector("truncated")).setSafe(row, reply.truncated() ? 1 : 0);
      if (task == TaskName.ENCODE) {
        setVectors(row, reply instanceof Reply.Vectors vectors ? vectors : null);
      } else {
        setAnswers(row, reply instanceof Reply.Answers answers ? answers : null);
      }
    }
    root.setRowCount(replies.size());
  }

  private void setId(int row, JsonValue id) {
    String text =
        id instanceof JsonValue.Text(String value) ? value : new JsonWriter().value(id).toString();
    if (root.getVector("id") instanceof BigIntVector integers) {
      integers.setSafe(row, id instanceof JsonValue.Int(long value) ? value : Long.parseLong(text));
    } else {
      text(root.getVector("id"), row, text);
    }
  }

  private static void text(FieldVector column, int row, String text) {
    ((VarCharVector) column).setSafe(row, text.getBytes(StandardCharsets.UTF_8));
  }

  private void setAnswers(int row, Reply.Answers reply) {
    ListVector lists = (ListVector) root.getVector("answers");
    if (reply == null) {
      lists.setNull(row);
      return;
    }
    StructVector structs = (StructVector) lists.getDataVector();
    int at = lists.startNewValue(row);
    int begin = at;
    int mask = 0;
    for (Reply.Group group : reply.groups()) {
      mask++;
      for (Answer answer : group.answers()) {
        structs.setIndexDefined(at);
        if (task == TaskName.FLICKR) {
          text(structs.getChild("phrase"), at, group.about());
          structs.getChild("region", IntVector.class).setSafe(at, answer.index());
        } else if (task == TaskName.PRETRAIN && group.about() != null) {
          structs.getChild("mask", IntVector.class).setSafe(at, mask);
        }
        structs.getChild("label", IntVector.class).setSafe(at, label(answer.label()));
        structs.getChild("index", IntVector.class).setSafe(at, answer.index());
        structs.getChild("score", Float8Vector.class).setSafe(at, answer.score());
        if (names.missing()) {
          int placeholder = names.isPlaceholder(answer) ? 1 : 0;
          structs.getChild("placeholder", BitVector.class).setSafe(at, placeholder);
        }
        at++;
      }
    }
    lists.endValue(row, at - begin);
    if (reply.match().isPresent() && task == TaskName.PRETRAIN) {
      ((Float8Vector) root.getVector("match")).setSafe(row, reply.match().getAsDouble());
    }
  }

  private int label(String label) {
    return labels.computeIfAbsent(label, _ -> labels.size());
  }

  private void setVectors(int row, Reply.Vectors reply) {
    FixedSizeListVector pooled = (FixedSizeListVector) root.getVector("pooler_output");
    if (reply == null) {
      pooled.setNull(row);
    } else {
      setFloats((Float4Vector) pooled.getDataVector(), pooled.startNewValue(row), reply.pooled());
    }
    if (!allStates) {
      return;
    }
    ListVector states = (ListVector) root.getVector("last_hidden_state");
    if (reply == null) {
      states.setNull(row);
      return;
    }
    FixedSizeListVector vectors = (FixedSizeListVector) states.getDataVector();
    int begin = states.startNewValue(row);
    int rows = (int) reply.lastHiddenState().size(0);
    for (int i = 0; i < rows; i++) {
      vectors.startNewValue(begin + i);
    }
    setFloats((Float4Vector) vectors.getDataVector(), begin * hidden, reply.lastHiddenState());
    states.endValue(row, rows);
  }

  private static void setFloats(Float4Vector column, int at, Tensor values) {
    float[] floats = values.toFloatArray();
    for (int i = 0; i < floats.length; i++) {
      column.setSafe(at + i, floats[i]);
    }
  }

  /** Returns the dictionary with the labels of all answers so far. */
  MapDictionaryProvider dictionaries() {
    int done = dictionary.getValueCount();
    int place = 0;
    for (String label : labels.keySet()) {
      if (place >= done) {
        text(dictionary, place, label);
      }
      place++;
    }
    dictionary.setValueCount(labels.size());
    return new MapDictionaryProvider(new Dictionary(dictionary, LABELS));
  }

  @Override
  public void close() {
    root.close();
    dictionary.close();
  }
}
