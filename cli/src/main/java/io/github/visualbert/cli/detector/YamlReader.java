package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one document of YAML from the parser's events, without its constructors of objects. Used
 * once.
 */
final class YamlReader {
  /** The deepest nesting; published configurations have four levels. */
  static final int MAX_DEPTH = 32;

  /** The most values and keys, counted as often as aliases repeat them. */
  static final int MAX_VALUES = 1 << 16;

  private final ScalarResolver types = new CoreScalarResolver(false);
  private final Map<Anchor, Object> anchored = new HashMap<>();
  private final String source;
  private Iterator<Event> events;
  private int depth;
  private int values;

  /**
   * Makes a reader.
   *
   * @param source the name of the text, for messages
   */
  YamlReader(String source) {
    this.source = source;
  }

  /**
   * Returns the text as JSON.
   *
   * @throws ModelException when it is anything but one mapping of plain data
   */
  String json(String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(source).setCodePointLimit(YamlConfig.MAX_BYTES).build();
    try {
      events = new ParserImpl(settings, new StreamReader(settings, text));
      return new YamlJson(source).text(document());
    } catch (MarkedYamlEngineException e) {
      throw invalid(place(e.getProblemMark()), e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw invalid(source + ": ", e.getMessage(), e);
    }
  }

  /** The library's messages quote the text as it is. */
  private static ModelException invalid(String place, String problem, YamlEngineException e) {
    return new ModelException(
        Kind.MALFORMED, place + "invalid YAML: " + Printable.of(String.valueOf(problem)), e);
  }

  private Map<?, ?> document() {
    Event event = events.next();
    if (event.getEventId() == Event.ID.StreamStart) {
      event = events.next();
    }
    if (event.getEventId() != Event.ID.DocumentStart) {
      throw refused(event, Kind.MALFORMED, "expected a mapping of keys to values, found nothing");
    }
    event = events.next();
    if (!(node(event) instanceof Map<?, ?> root)) {
      throw refused(event, Kind.MALFORMED, "expected a mapping of keys to values");
    }
    events.next(); // the end of the document
    event = events.next();
    if (event.getEventId() != Event.ID.StreamEnd) {
      throw refused(event, Kind.UNSUPPORTED, "expected one document, found another");
    }
    return root;
  }

  /** Returns a map, a list, a text, a number, a truth value or null. */
  private Object node(Event event) {
    if (event instanceof AliasEvent alias) {
      if (!anchored.containsKey(alias.getAlias())) { // also one that is inside of itself
        throw refused(
            event,
            Kind.MALFORMED,
            "expected an alias of an earlier value, found *" + alias.getAlias());
      }
      return anchored.get(alias.getAlias());
    }
    if (++values > MAX_VALUES) {
      throw refused(event, Kind.UNSUPPORTED, "expected at most " + MAX_VALUES + " values");
    }
    Object value =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case CollectionStartEvent start -> collection(start);
          default -> throw refused(event, Kind.MALFORMED, "expected a value");
        };
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    anchor.ifPresent(name -> anchored.put(name, value));
    return value;
  }

  private Object collection(CollectionStartEvent start) {
    refuseTag(start, start.getTag());
    start.getAnchor().ifPresent(anchored::remove); // a name may be used again
    if (++depth > MAX_DEPTH) {
      throw refused(start, Kind.UNSUPPORTED, "expected at most " + MAX_DEPTH + " levels");
    }
    Object value = start.getEventId() == Event.ID.MappingStart ? mapping() : sequence();
    depth--;
    return value;
  }

  private List<Object> sequence() {
    List<Object> list = new ArrayList<>();
    for (Event event; (event = events.next()).getEventId() != Event.ID.SequenceEnd; ) {
      list.add(node(event));
    }
    return list;
  }

  private Map<String, Object> mapping() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Event event; (event = events.next()).getEventId() != Event.ID.MappingEnd; ) {
      if (!(event instanceof ScalarEvent key)) {
        throw refused(event, Kind.UNSUPPORTED, "expected a text as a key");
      }
      refuseTag(key, key.getTag());
      if (key.isPlain() && key.getValue().equals("<<")) {
        throw refused(key, Kind.UNSUPPORTED, "merge keys (<<) are not supported");
      }
      if (map.containsKey(key.getValue())) {
        throw refused(key, Kind.MALFORMED, "the key " + key.getValue() + " is there twice");
      }
      values++;
      map.put(key.getValue(), node(events.next()));
    }
    return map;
  }

  private Object scalar(ScalarEvent scalar) {
    refuseTag(scalar, scalar.getTag());
    String text = scalar.getValue();
    Tag type = types.resolve(text, scalar.isPlain());
    if (type.equals(Tag.NULL)) {
      return null;
    }
    if (type.equals(Tag.BOOL)) {
      return Boolean.valueOf(text);
    }
    if (type.equals(Tag.INT)) {
      return integer(scalar);
    }
    if (type.equals(Tag.FLOAT)) {
      return real(scalar);
    }
    return text;
  }

  private Object integer(ScalarEvent scalar) {
    String text = scalar.getValue();
    int radix = text.startsWith("0x") ? 16 : text.startsWith("0o") ? 8 : 10;
    BigInteger value =
        text.length() > 64
            ? BigInteger.ONE.shiftLeft(64)
            : new BigInteger(radix == 10 ? text : text.substring(2), radix);
    if (value.bitLength() > 63) {
      throw refused(
          scalar, Kind.UNSUPPORTED, "expected an integer of 64 bits, found " + brief(text));
    }
    return value.longValue();
  }

  private Object real(ScalarEvent scalar) {
    String text = scalar.getValue();
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException _) { // .inf and .nan
      value = Double.NaN;
    }
    if (!Double.isFinite(value)) {
      throw refused(scalar, Kind.UNSUPPORTED, "expected a finite number, found " + brief(text));
    }
    return value;
  }

  private void refuseTag(Event event, Optional<String> tag) {
    if (tag.isPresent()) {
      throw refused(event, Kind.HOSTILE, "expected plain data, found the tag " + brief(tag.get()));
    }
  }

  private static String brief(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  private ModelException refused(Event event, Kind kind, String what) {
    return new ModelException(kind, place(event.getStartMark()) + what);
  }

  private String place(Optional<Mark> mark) {
    return mark.map(
            at ->
                "%s: line %d, column %d: ".formatted(source, at.getLine() + 1, at.getColumn() + 1))
        .orElse(source + ": ");
  }
}
