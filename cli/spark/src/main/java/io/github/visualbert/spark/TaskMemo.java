package io.github.visualbert.spark;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import scala.Function1;

/**
 * What equal functions share within one Spark task: the open computation, and the last row with its
 * result. Thread-safe; forgotten when the task ends.
 */
final class TaskMemo {
  private static final Map<Key, TaskMemo> OF_TASKS = new ConcurrentHashMap<>();

  private final RowCall call;
  private RowCall.Computation computation;
  private Object[] lastArguments;
  private Object lastResult;

  TaskMemo(RowCall call) {
    this.call = call;
  }

  private record Key(long task, RowFunction function) {}

  /** Returns the one of the task that runs here; null when none runs. */
  static TaskMemo of(RowFunction function, RowCall call) {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return null;
    }
    Key key = new Key(task.taskAttemptId(), function);
    TaskMemo memo = OF_TASKS.get(key);
    if (memo == null) {
      memo = OF_TASKS.computeIfAbsent(key, _ -> new TaskMemo(call));
      task.addTaskCompletionListener(
          _ -> {
            OF_TASKS.remove(key);
          });
    }
    return memo;
  }

  /** Returns the result of a row, computed unless it is that of the last. */
  synchronized Object result(Object[] arguments, Object id, Function1<Object, Object> converter) {
    if (lastArguments == null || !Arrays.deepEquals(lastArguments, arguments)) {
      if (computation == null) {
        computation = call.open();
      }
      lastArguments = null; // stays so when this row fails
      lastResult = converter.apply(computation.compute(arguments, id));
      lastArguments = arguments;
    }
    return lastResult;
  }
}
