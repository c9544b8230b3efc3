package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Dictionary;
import io.github.visualbert.weights.Pickled.Items;
import io.github.visualbert.weights.Pickled.TensorValue;
import io.github.visualbert.weights.Pickled.Tuple;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the named tensors in what a torch file or a pickle of numpy holds.
 *
 * <p>A state_dict is a dictionary with tensors for values; other values (an epoch, the settings of
 * a run) are left out. A trainer's checkpoint holds it under one of a few keys, beside the state of
 * its optimiser and single tensors (the best accuracy so far), which are left out too. Where it has
 * keys of its own, for all or for each part of a model, they begin the names: {@code
 * encoder.pooler.dense.weight}. A dictionary of dictionaries, lists or tuples of tensors, as
 * features are stored, likewise gives names of two parts, {@code image.0} or {@code image.boxes}. A
 * tensor that was saved alone is called {@link #ALONE}.
 */
final class StateDict {
  /** The name of a tensor that has none. */
  static final String ALONE = "";

  /** What trainers call the state_dict; the first that holds tensors is taken. */
  private static final List<String> WRAPPERS =
      List.of(
          "model",
          "state_dict",
          "model_state_dict",
          "module",
          "net",
          "network",
          "model_state",
          "blobs");

  private static final int DEEPEST_WRAPPER = 4;
  private static final long LONGEST_NAMES = 1 << 24;

  private final MappedFile file;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();

  /** The dictionaries that were looked at: one may stand under many names, or in itself. */
  private final Set<Dictionary> seen = new HashSet<>();

  private long nameLength;
  private int parts;

  private StateDict(MappedFile file) {
    this.file = file;
  }

  /** Returns the tensors by name; there is at least one. */
  static Map<String, TorchTensor> of(Object root, MappedFile file) {
    if (root instanceof TensorValue alone && alone.tensor != null) {
      return Map.of(ALONE, alone.tensor);
    }
    StateDict found = new StateDict(file);
    if (root instanceof Dictionary dictionary) {
      Dictionary wrapped = found.search(dictionary, 0);
      found.collect(wrapped == null ? dictionary : wrapped);
    }
    if (found.tensors.isEmpty()) {
      throw file.malformed("expected a dictionary of tensors, found " + describe(root));
    }
    return found.tensors;
  }

  /** Returns the innermost of the usual wrappers that holds tensors, or null. */
  private Dictionary search(Dictionary dictionary, int depth) {
    if (!seen.add(dictionary)) {
      return null;
    }
    for (String wrapper : depth < DEEPEST_WRAPPER ? WRAPPERS : List.<String>of()) {
      if (dictionary.members.get(wrapper) instanceof Dictionary inner) {
        Dictionary found = search(inner, depth + 1);
        if (found != null) {
          return found;
        }
      }
    }
    return hasTensors(dictionary) ? dictionary : null;
  }

  private static boolean isTensor(Object value) {
    return value instanceof TensorValue found && found.tensor != null;
  }

  private static boolean hasTensors(Dictionary dictionary) {
    return dictionary.members.values().stream().anyMatch(StateDict::isTensor);
  }

  /** Returns those values that are state_dicts, whatever they are called. */
  private Set<Dictionary> parameters(Dictionary dictionary) {
    Set<Dictionary> parameters = new HashSet<>();
    for (Object value : dictionary.members.values()) {
      if (value instanceof Dictionary inner && seen.add(inner) && hasWeights(inner)) {
        parameters.add(inner);
      }
    }
    return parameters;
  }

  /** Tells a state_dict from the features of a picture, and from the best accuracy so far. */
  private static boolean hasWeights(Dictionary dictionary) {
    return dictionary.members.entrySet().stream()
        .anyMatch(
            member ->
                isTensor(member.getValue())
                    && member.getKey() instanceof String name
                    && (name.equals("weight") || name.endsWith(".weight")));
  }

  private void collect(Dictionary dictionary) {
    Set<Dictionary> parameters = hasWeights(dictionary) ? Set.of() : parameters(dictionary);
    boolean flat = parameters.isEmpty() && hasTensors(dictionary);
    dictionary.members.forEach(
        (key, value) -> {
          if (flat && isTensor(value)) {
            add(name(key), (TensorValue) value);
          } else if (!flat && (parameters.isEmpty() || parameters.contains(value))) {
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
    if (isTensor(value)) {
      add(name(key) + "." + name(part), (TensorValue) value);
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
      default -> "another value";
    };
  }
}
