package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Dictionary;
import io.github.visualbert.weights.Pickled.Items;
import io.github.visualbert.weights.Pickled.TensorValue;
import io.github.visualbert.weights.Pickled.Tuple;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the named tensors in what a torch file holds.
 *
 * <p>A state_dict is a dictionary with tensors for values; other values (an epoch, the settings of
 * a run) are left out. A trainer's checkpoint holds it under one of a few keys beside the state of
 * its optimiser, which is left out too. A dictionary of dictionaries, lists or tuples of tensors,
 * as features are stored, gives names of two parts, {@code image.0} or {@code image.boxes}.
 */
final class StateDict {
  private static final List<String> WRAPPERS =
      List.of("model", "state_dict", "model_state_dict", "module", "net");
  private static final int DEEPEST_WRAPPER = 4;
  private static final long LONGEST_NAMES = 1 << 24;

  private final MappedFile file;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
  private long nameLength;
  private int parts;

  private StateDict(MappedFile file) {
    this.file = file;
  }

  /** Returns the tensors by name; there is at least one. */
  static Map<String, TorchTensor> of(Object root, MappedFile file) {
    StateDict found = new StateDict(file);
    found.collect(found.unwrap(root));
    if (found.tensors.isEmpty()) {
      throw file.malformed("expected a dictionary of tensors, found " + describe(root));
    }
    return found.tensors;
  }

  private Object unwrap(Object root) {
    Object value = root;
    for (int depth = 0; depth < DEEPEST_WRAPPER; depth++) {
      if (!(value instanceof Dictionary dictionary) || hasTensors(dictionary)) {
        return value;
      }
      Object inner =
          WRAPPERS.stream()
              .map(dictionary.members::get)
              .filter(Dictionary.class::isInstance)
              .findFirst()
              .orElse(null);
      if (inner == null) {
        return value;
      }
      value = inner;
    }
    return value;
  }

  private static boolean hasTensors(Dictionary dictionary) {
    return dictionary.members.values().stream().anyMatch(TensorValue.class::isInstance);
  }

  private void collect(Object root) {
    if (!(root instanceof Dictionary dictionary)) {
      return;
    }
    boolean flat = hasTensors(dictionary);
    dictionary.members.forEach(
        (key, value) -> {
          if (value instanceof TensorValue tensor) {
            add(name(key), tensor);
          } else if (!flat) {
            collectParts(key, value);
          }
        });
  }

  private void collectParts(Object key, Object group) {
    switch (group) {
      case Dictionary parts -> parts.members.forEach((part, value) -> addPart(key, part, value));
      case Tuple parts -> collectParts(key, Arrays.asList(parts.elements));
      case Items parts -> collectParts(key, parts.elements);
      default -> {}
    }
  }

  private void collectParts(Object key, List<Object> parts) {
    for (int i = 0; i < parts.size(); i++) {
      addPart(key, (long) i, parts.get(i));
    }
  }

  /**
   * One list may stand under many names, so what is looked at is counted here and not when it was
   * read.
   */
  private void addPart(Object key, Object part, Object value) {
    if (++parts > PickleReader.MAX_VALUES) {
      throw file.unsupported(
          "more than %d values under two names".formatted(PickleReader.MAX_VALUES));
    }
    if (value instanceof TensorValue tensor) {
      add(name(key) + "." + name(part), tensor);
    }
  }

  private String name(Object key) {
    if (key instanceof String || key instanceof Long) {
      return key.toString();
    }
    throw file.malformed("a tensor has a name that is no text");
  }

  private void add(String name, TensorValue value) {
    nameLength += name.length();
    if (nameLength > LONGEST_NAMES) {
      throw file.unsupported(
          "the names of the tensors have more than %d characters".formatted(LONGEST_NAMES));
    }
    if (tensors.put(name, value.tensor) != null) {
      throw file.malformed("two tensors are named " + TensorInfo.quote(name));
    }
  }

  private static String describe(Object value) {
    return switch (value) {
      case Dictionary dictionary ->
          "a dictionary of %d without tensors".formatted(dictionary.members.size());
      case Items items -> "a list of " + items.elements.size();
      case Tuple tuple -> "a tuple of " + tuple.elements.length;
      case TensorValue unused -> "a single tensor";
      default -> "another value";
    };
  }
}
