package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.weights.Pickled.Dictionary;
import io.github.visualbert.weights.Pickled.Items;
import io.github.visualbert.weights.Pickled.Opaque;
import io.github.visualbert.weights.Pickled.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle as data: the stack machine of Python's pickle, protocols 0 to 5.
 *
 * <p>The machine has no way to run anything. An instruction that names a class or function gets one
 * of a closed list of names or ends the reading; what is then made of it is decided in {@link
 * PickledObjects}. Time grows with the length of the pickle; there are at most {@link #MAX_VALUES}
 * values, none costs more than some hundred bytes, and nothing is allocated for a length that is
 * only claimed. Nesting costs no stack of the JVM.
 */
final class PickleReader {
  static final int MAX_VALUES = 1 << 20;

  private final PickleInput input;
  private final PickledObjects objects;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int values;

  PickleReader(PickleInput input, PickledObjects objects) {
    this.input = input;
    this.objects = objects;
    objects.readFrom(input);
  }

  /**
   * Returns the value of the pickle that begins where the input stands, which is left behind the
   * pickle's end.
   */
  Object read() {
    while (true) {
      int instruction = input.u1();
      if (instruction == '.') {
        return pop();
      }
      execute(instruction);
    }
  }

  private void execute(int instruction) {
    switch (instruction) {
      case 0x80 -> protocol(input.u1());
      case 0x95 -> input.littleEndian(8); // A frame only announces how much to read ahead.
      case '(' -> mark();
      case '0' -> pop();
      case '1' -> popToMark();
      case 'N' -> push(Opaque.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push(input.littleEndian(1));
      case 'M' -> push(input.littleEndian(2));
      case 'J' -> push((long) (int) input.littleEndian(4));
      case 0x8a -> push(integer(input.littleEndian(1)));
      case 0x8b -> push(integer(input.littleEndian(4)));
      case 'G' -> push(input.bigEndianDouble());
      case 'X' -> push(objects.text(input.littleEndian(4)));
      case 0x8c -> push(objects.text(input.littleEndian(1)));
      case 0x8d -> push(objects.text(input.littleEndian(8)));
      case 'T' -> push(objects.string(input.littleEndian(4)));
      case 'U' -> push(objects.string(input.littleEndian(1)));
      case 'C' -> push(objects.bytes(input.littleEndian(1)));
      case 'B' -> push(objects.bytes(input.littleEndian(4)));
      case 0x8e, 0x96 -> push(objects.bytes(input.littleEndian(8)));
      case ')' -> push(new Tuple());
      case 0x85 -> push(new Tuple(pop(1)));
      case 0x86 -> push(new Tuple(pop(2)));
      case 0x87 -> push(new Tuple(pop(3)));
      case 't' -> push(new Tuple(popToMark()));
      case ']', 0x8f -> push(new Items());
      case 0x91 -> pushItems(popToMark());
      case 'a' -> append(pop(1));
      case 'e', 0x90 -> append(popToMark());
      case 'l' -> pushItems(popToMark());
      case 'd' -> pushDictionary(popToMark());
      case '}' -> push(new Dictionary());
      case 's' -> put(pop(2));
      case 'u' -> put(popToMark());
      case 'q' -> remember(input.littleEndian(1));
      case 'r' -> remember(input.littleEndian(4));
      case 0x94 -> remember(memo.size());
      case 'p' -> remember(input.decimal());
      case 'g' -> recall(input.decimal());
      case 'I' -> push(input.truthOrInteger());
      case 'L' -> push(input.integer());
      case 'F' -> push(input.real());
      case 'S' -> push(input.quoted());
      case 'V' -> push(input.escaped());
      case 'h' -> recall(input.littleEndian(1));
      case 'j' -> recall(input.littleEndian(4));
      case 'c' -> push(objects.find(input.line(), input.line()));
      case 0x93 -> stackGlobal();
      case 'R', 0x81 -> {
        Object[] call = pop(2);
        push(objects.make(call[0], call[1]));
      }
      case 'b' -> {
        Object state = pop();
        objects.build(top(), state);
      }
      case 'Q' -> push(objects.storage(pop()));
      case 'P' -> push(objects.storage(input.line()));
      case 'i' -> throw objects.hostile(input.line() + "." + input.line());
      case 'o', 0x82, 0x83, 0x84, 0x92 ->
          throw objects.hostile("instruction 0x%02x, an object".formatted(instruction));
      case 0x97, 0x98 -> throw input.malformed("a buffer that lies outside of the file");
      default ->
          throw input.malformed("the instruction 0x%02x is not one of data".formatted(instruction));
    }
  }

  private void protocol(int version) {
    if (version > 5) {
      throw input.malformed("protocol " + version);
    }
  }

  private void push(Object value) {
    count();
    stack.add(value);
  }

  private void count() {
    if (++values > MAX_VALUES) {
      throw objects.file().unsupported("the pickle has more than %d values".formatted(MAX_VALUES));
    }
  }

  private void mark() {
    count();
    marks.add(stack.size());
  }

  private int bottom() {
    return marks.isEmpty() ? 0 : marks.getLast();
  }

  private Object top() {
    if (stack.size() <= bottom()) {
      throw underflow();
    }
    return stack.getLast();
  }

  private Object pop() {
    top();
    return stack.removeLast();
  }

  private Object[] pop(int count) {
    return popFrom(stack.size() - count);
  }

  private Object[] popToMark() {
    if (marks.isEmpty()) {
      throw underflow();
    }
    Object[] values = popFrom(bottom());
    marks.removeLast();
    return values;
  }

  private Object[] popFrom(int from) {
    if (from < bottom()) {
      throw underflow();
    }
    List<Object> last = stack.subList(from, stack.size());
    Object[] values = last.toArray();
    last.clear();
    return values;
  }

  private ModelException underflow() {
    return input.malformed("an instruction finds no value on the stack");
  }

  /** Reads an integer of any length; those beyond 64 bits serve as magic numbers only. */
  private Object integer(long length) {
    byte[] bytes = input.bytes(length);
    if (bytes.length <= Long.BYTES) {
      long value = 0;
      for (int i = 0; i < bytes.length; i++) {
        value |= (bytes[i] & 0xffL) << 8 * i;
      }
      int unused = Long.SIZE - 8 * bytes.length;
      return bytes.length == 0 ? 0L : value << unused >> unused;
    }
    if (bytes.length > 16) {
      return Opaque.OTHER;
    }
    byte[] bigEndian = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(bigEndian);
  }

  private void pushItems(Object[] elements) {
    Items items = new Items();
    items.elements.addAll(Arrays.asList(elements));
    push(items);
  }

  private void pushDictionary(Object[] keysAndValues) {
    push(new Dictionary());
    put(keysAndValues);
  }

  private void append(Object[] elements) {
    if (!(top() instanceof Items items)) {
      throw input.malformed("elements are appended to something that is no list");
    }
    items.elements.addAll(Arrays.asList(elements));
  }

  private void put(Object[] keysAndValues) {
    if (!(top() instanceof Dictionary dictionary) || keysAndValues.length % 2 != 0) {
      throw input.malformed("members are put into something that is no dictionary");
    }
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dictionary.members.put(keysAndValues[i], keysAndValues[i + 1]);
    }
  }

  private void remember(long key) {
    count();
    memo.put(key, top());
  }

  private void recall(long key) {
    Object value = memo.get(key);
    if (value == null) {
      throw input.malformed("it recalls value %d, which it never remembered".formatted(key));
    }
    push(value);
  }

  private void stackGlobal() {
    Object[] names = pop(2);
    if (!(names[0] instanceof String module) || !(names[1] instanceof String name)) {
      throw input.malformed("a name that is no text");
    }
    push(objects.find(module, name));
  }
}
