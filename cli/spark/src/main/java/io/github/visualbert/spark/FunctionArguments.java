package io.github.visualbert.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The arguments of a call in SQL: values, then options as {@code map('topK', '3')} or {@code
 * named_struct('topK', 3, 'id', id)}. All options are constants but {@code id}, which names the row
 * in messages.
 */
final class FunctionArguments {
  private static final String ID = "id";

  private final String function;
  private final List<String> names;
  private final List<Expression> values;
  private final Map<String, String> options = new LinkedHashMap<>();
  private Expression id;

  /**
   * Reads arguments.
   *
   * @param names the arguments without the options
   * @throws IllegalArgumentException when there are too few or too many, or an option is invalid
   */
  FunctionArguments(String function, List<String> names, Seq<Expression> arguments) {
    this.function = function;
    this.names = names;
    List<Expression> all = new ArrayList<>(CollectionConverters.asJava(arguments));
    int count = names.size();
    if (all.size() != count && all.size() != count + 1) {
      throw new IllegalArgumentException(
          "%s: expected %s, and perhaps options; found %d arguments"
              .formatted(function, String.join(", ", names), all.size()));
    }
    values = all.subList(0, count);
    if (all.size() > count) {
      readOptions(all.get(count));
    }
  }

  private void readOptions(Expression given) {
    if (given instanceof CreateNamedStruct struct) {
      List<Expression> children = new ArrayList<>(CollectionConverters.asJava(struct.children()));
      for (int i = 0; i < children.size(); i += 2) {
        String name = String.valueOf(children.get(i).eval(null));
        Expression value = children.get(i + 1);
        if (name.equals(ID)) {
          id = value;
        } else {
          options.put(name, constant(name, value));
        }
      }
    } else if (given.dataType() instanceof MapType type
        && ValueTypes.isString(type.keyType())
        && ValueTypes.isString(type.valueType())
        && given.foldable()
        && given.eval(null) instanceof MapData map) {
      map.foreach(
          type.keyType(),
          type.valueType(),
          (name, value) -> {
            options.put(name.toString(), value == null ? null : value.toString());
            return scala.runtime.BoxedUnit.UNIT;
          });
    } else {
      throw new IllegalArgumentException(
          "%s: expected options as map('topK', '3') or named_struct('topK', 3), found %s"
              .formatted(function, given.sql()));
    }
  }

  private String constant(String name, Expression value) {
    if (!value.foldable() || value.eval(null) == null) {
      throw new IllegalArgumentException(
          "%s: option %s is %s, expected a constant".formatted(function, name, value.sql()));
    }
    return value.eval(null).toString();
  }

  /** Returns the options of the call and of the session. */
  OptionMap options(String task) {
    return new OptionMap(function, task, options, key -> SQLConf.get().getConfString(key, null));
  }

  /**
   * Checks that an argument has a type.
   *
   * @throws IllegalArgumentException when it has not
   */
  void require(int argument, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: %s is %s, expected %s"
              .formatted(
                  function,
                  names.get(argument),
                  values.get(argument).dataType().simpleString(),
                  expected));
    }
  }

  Expression value(int argument) {
    return values.get(argument);
  }

  /** Returns the values, and the id as a string if there is one. */
  List<Expression> inputs() {
    List<Expression> inputs = new ArrayList<>(values);
    if (id != null) {
      inputs.add(
          ValueTypes.isString(id.dataType())
              ? id
              : Cast$.MODULE$.apply(id, DataTypes.StringType, false));
    }
    return inputs;
  }
}
