package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What each step does to each code point, against the reference. */
class CodePointsTest {
  private static final JsonObject GOLDENS =
      TokenizerGoldens.object(TokenizerGoldens.FOLDER.resolve("codepoints.json"));

  @Test
  void setsAreThoseOfTheReference() {
    assertThat(flagged(CodePoints.CLEAN_REMOVED)).isEqualTo(set("clean_text_removed"));
    assertThat(flagged(CodePoints.CLEAN_SPACE)).isEqualTo(set("clean_text_to_space"));
    assertThat(flagged(CodePoints.CHINESE)).isEqualTo(set("chinese_spaced"));
    assertThat(flagged(CodePoints.STRIPPED)).isEqualTo(set("strip_accents_removed"));
    assertThat(flagged(CodePoints.PUNCTUATION)).isEqualTo(set("split_punctuation"));
    assertThat(flagged(CodePoints.WHITESPACE)).isEqualTo(set("split_whitespace"));
  }

  @Test
  void everyCodePointIsCleanedStrippedAndLoweredAsByTheReference() {
    BertNormalizer clean = new BertNormalizer(true, false, false);
    BertNormalizer strip = new BertNormalizer(true, true, false);
    BertNormalizer lower = new BertNormalizer(true, false, true);
    BitSet removed = set("clean_text_removed");
    BitSet space = set("clean_text_to_space");
    BitSet chinese = set("chinese_spaced");
    BitSet stripped = set("strip_accents_removed");
    JsonObject changed = GOLDENS.getObject("strip_accents_changed");
    JsonObject lowered = GOLDENS.getObject("lowercase_changed");
    List<String> failures = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String self = Character.toString(c);
      boolean gone = removed.get(c);
      String form = gone ? "" : space.get(c) ? " " : chinese.get(c) ? " %s " : "%s";
      compare(failures, c, clean, form.replace("%s", self));
      String bare = stripped.get(c) ? "" : isHangul(c) ? nfd(self) : mapped(changed, c);
      compare(failures, c, strip, form.replace("%s", bare));
      compare(failures, c, lower, form.replace("%s", mapped(lowered, c)));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void everyCodePointSplitsWordsAsInTheReference() {
    BitSet whitespace = set("split_whitespace");
    BitSet punctuation = set("split_punctuation");
    List<String> failures = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String self = Character.toString(c);
      List<String> expected =
          whitespace.get(c)
              ? List.of("a", "b")
              : punctuation.get(c) ? List.of("a", self, "b") : List.of("a" + self + "b");
      if (!words(new int[] {'a', c, 'b'}).equals(expected)) {
        failures.add("U+%04X".formatted(c));
      }
    }
    assertThat(failures).isEmpty();
  }

  /**
   * Combining classes never change once assigned, so the JDK knows them; what it adds since Unicode
   * 9 is not in the table.
   */
  @Test
  void marksThatStayHaveTheCombiningClassesOfUnicode() {
    int[] marks = flagged(CodePoints.KEPT_MARK).stream().toArray();
    assertThat(marks).hasSize(83);
    for (int first : marks) {
      for (int second : marks) {
        boolean swapped =
            CodePoints.TABLE.combiningClass(first) > CodePoints.TABLE.combiningClass(second);
        String text = Character.toString(first) + Character.toString(second);
        String expected = swapped ? Character.toString(second) + Character.toString(first) : text;
        assertThat(nfd(text)).isEqualTo(expected);
        assertThat(normalized(new BertNormalizer(true, true, true), text)).isEqualTo(expected);
      }
    }
  }

  @Test
  void strippedMarksLetOthersPassUnlessTheyAreStarters() {
    String later = "\u302e"; // class 224
    String earlier = "\u1b44"; // class 9
    BertNormalizer strip = new BertNormalizer(true, true, true);
    flagged(CodePoints.STRIPPED).stream()
        .filter(c -> (CodePoints.TABLE.flags(c) & CodePoints.CLEAN_REMOVED) == 0)
        .forEach(
            c -> {
              String text = later + Character.toString(c) + earlier;
              String decomposed = nfd(text);
              boolean passed = decomposed.indexOf(earlier) < decomposed.indexOf(later);
              assertThat(normalized(strip, text))
                  .as("U+%04X", c)
                  .isEqualTo(passed ? earlier + later : later + earlier);
            });
  }

  private static void compare(
      List<String> failures, int c, BertNormalizer normalizer, String expected) {
    String actual = normalized(normalizer, Character.toString(c));
    if (!actual.equals(expected)) {
      failures.add("U+%04X: expected %s, found %s".formatted(c, hex(expected), hex(actual)));
    }
  }

  private static String normalized(BertNormalizer normalizer, String text) {
    NormalizedText normalized = new NormalizedText(0);
    normalizer.normalize(text, 0, text.length(), normalized);
    return normalized.toString();
  }

  private static List<String> words(int[] codePoints) {
    NormalizedText text = new NormalizedText(8);
    Arrays.stream(codePoints).forEach(c -> text.append(c, 0));
    BertPreTokenizer splitter = new BertPreTokenizer(text);
    List<String> words = new ArrayList<>();
    while (splitter.next()) {
      words.add(text.toString().substring(splitter.start(), splitter.end()));
    }
    return words;
  }

  private static BitSet flagged(int flag) {
    BitSet set = new BitSet();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      set.set(c, (CodePoints.TABLE.flags(c) & flag) != 0);
    }
    return set;
  }

  private static BitSet set(String key) {
    BitSet set = new BitSet();
    JsonArray ranges = GOLDENS.getArray(key);
    for (int i = 0; i < ranges.size(); i++) {
      set.set(ranges.getArray(i).getInt(0), ranges.getArray(i).getInt(1) + 1);
    }
    return set;
  }

  private static String mapped(JsonObject map, int c) {
    return Arrays.stream(map.getString("%04X".formatted(c), Integer.toHexString(c)).split(" "))
        .map(hex -> Character.toString(Integer.parseInt(hex, 16)))
        .collect(Collectors.joining());
  }

  private static boolean isHangul(int c) {
    return c >= 0xac00 && c <= 0xd7a3;
  }

  private static String nfd(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD);
  }

  private static String hex(String text) {
    return text.codePoints().mapToObj("%04X"::formatted).collect(Collectors.joining(" ", "<", ">"));
  }
}
