package io.github.visualbert.cli.inspect;

import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.weights.NumberScan;
import io.github.visualbert.weights.TensorInfo;
import io.github.visualbert.weights.TensorSource;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tensors of a file and what their numbers are like, in the order of the file. */
record TensorList(List<Entry> entries) {
  /**
   * One tensor.
   *
   * @param numbers statistics of the elements; null unless they are floating-point numbers
   */
  record Entry(TensorInfo info, NumberScan numbers) {
    boolean isFinite() {
      return numbers == null || numbers.isFinite();
    }
  }

  /** Reads all tensors, all elements included. */
  static TensorList read(TensorSource source, ProgressBar progress) {
    List<Entry> tensors = new ArrayList<>();
    long all = 0;
    for (String name : source.names()) {
      all += source.info(name).byteSize();
    }
    long done = 0;
    for (String name : source.names()) {
      TensorInfo info = source.info(name);
      boolean real = info.supportedDType().map(DType::isFloatingPoint).orElse(false);
      tensors.add(
          new Entry(info, real ? source.reading(() -> NumberScan.of(source.tensor(name))) : null));
      done += info.byteSize();
      progress.show((double) done / Math.max(all, 1), "reading");
    }
    return new TensorList(tensors);
  }

  /** Returns how many bytes the numbers take. */
  long bytes() {
    return entries.stream().mapToLong(tensor -> tensor.info().byteSize()).sum();
  }

  /** Returns how many numbers there are. */
  long numbers() {
    return entries.stream().mapToLong(tensor -> tensor.info().elementCount()).sum();
  }

  /** Returns the names of tensors that hold NaN or infinity. */
  List<String> notFinite() {
    return entries.stream()
        .filter(tensor -> !tensor.isFinite())
        .map(tensor -> tensor.info().name())
        .toList();
  }

  /** Returns the element types and how many tensors have each, in words. */
  String dtypes() {
    Map<String, Integer> dtypes = new TreeMap<>();
    entries.forEach(tensor -> dtypes.merge(tensor.info().dtype(), 1, Integer::sum));
    return counts(dtypes);
  }

  static String counts(Map<String, Integer> dtypes) {
    StringBuilder text = new StringBuilder();
    dtypes.forEach(
        (dtype, count) ->
            text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(dtype));
    return text.isEmpty() ? "nothing" : text.toString();
  }

  void print(PrintWriter out) {
    TextTable table = new TextTable("llrrrl");
    for (Entry tensor : entries) {
      TensorInfo info = tensor.info();
      NumberScan numbers = tensor.numbers();
      boolean none = numbers == null || numbers.min() > numbers.max();
      table.row(
          info.name(),
          info.dtype(),
          info.shape().toString(),
          none ? "" : "%.4g".formatted(numbers.min()),
          none ? "" : "%.4g".formatted(numbers.max()),
          tensor.isFinite() ? "" : numbers.nan() + " NaN, " + numbers.infinite() + " infinite");
    }
    table.print(out, "");
  }

  /** Adds the rows that sum the tensors up. */
  void addTo(TextTable summary) {
    summary
        .row("tensors", "%d of %s, %d numbers".formatted(entries.size(), dtypes(), numbers()))
        .row("size", "%.1f MiB".formatted(bytes() / 1048576.0));
  }

  void write(JsonWriter json) {
    json.name("tensors").beginArray();
    for (Entry tensor : entries) {
      json.beginObject();
      json.field("name", tensor.info().name()).field("dtype", tensor.info().dtype());
      json.field("shape", tensor.info().sizes()).field("bytes", tensor.info().byteSize());
      NumberScan numbers = tensor.numbers();
      if (numbers != null) {
        json.field("nan", numbers.nan()).field("infinite", numbers.infinite());
        if (numbers.min() <= numbers.max()) {
          json.field("min", numbers.min()).field("max", numbers.max());
        }
      }
      json.endObject();
    }
    json.endArray();
  }
}
