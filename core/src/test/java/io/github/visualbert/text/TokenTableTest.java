package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenTableTest {
  /** At 0 the hash of a token is that of its last character, so nearly all of them collide. */
  private static final int WORST = 0;

  @Test
  void tokensOfEqualHashesAreToldApart() {
    List<String> tokens = List.of("ba", "a", "##a", "b", "ca", "##ca", "aa", "aaa", "##", "#a");
    TokenTable table = table(tokens, WORST);
    assertThat(table.size()).isEqualTo(tokens.size());
    assertThat(table.longest()).isEqualTo(4);
    for (int id = 0; id < tokens.size(); id++) {
      assertThat(table.token(id)).isEqualTo(tokens.get(id));
      assertThat(table.find(tokens.get(id))).isEqualTo(id);
    }
    for (String absent : List.of("", "#", "da", "##b", "aaaa", "aaaaaaaaa", "##aa", "cab")) {
      assertThat(table.find(absent)).as(absent).isEqualTo(TokenTable.NONE);
    }
  }

  @Test
  void aPieceThatContinuesAWordIsNotTheWordAlone() {
    for (int factor : new int[] {WORST, 1, 12345, (1 << 30) - 1}) {
      TokenTable table = table(List.of("a", "##a", "b##", "##b"), factor);
      char[] text = "xab".toCharArray();
      assertThat(find(table, "", text, 1, 2)).isEqualTo(0);
      assertThat(find(table, "##", text, 1, 2)).isEqualTo(1);
      assertThat(find(table, "", text, 2, 3)).isEqualTo(TokenTable.NONE);
      assertThat(find(table, "##", text, 2, 3)).isEqualTo(3);
      assertThat(find(table, "##", text, 0, 1)).isEqualTo(TokenTable.NONE);
    }
  }

  @Test
  void aTokenThatIsThereAlreadyIsNotAddedAgain() {
    for (int factor : new int[] {WORST, 1, 12345, (1 << 30) - 1}) {
      char[] chars = "abbaab".toCharArray();
      TokenTable table = new TokenTable(chars, new int[] {0, 1, 2, 4, 6}, factor);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      table = new TokenTable(chars, new int[] {0, 1, 2, 3, 4}, factor);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
      assertThat(table.add()).isEqualTo(1);
      assertThat(table.size()).isEqualTo(2);
    }
  }

  /** The table is filled to a quarter, to just below a half, and between. */
  @Test
  void everyTokenIsFoundAndNoOtherWhateverThePlace() {
    Random random = new Random(5);
    for (int count : new int[] {1, 2, 3, 4, 5, 31, 32, 33, 1000, 16383, 16384}) {
      Set<String> tokens = new LinkedHashSet<>();
      while (tokens.size() < count) {
        tokens.add(randomToken(random));
      }
      List<String> list = new ArrayList<>(tokens);
      TokenTable table = table(list, random.nextInt(1 << 30));
      for (int id = 0; id < count; id++) {
        assertThat(table.find(list.get(id))).isEqualTo(id);
      }
      for (int i = 0; i < 1000; i++) {
        String other = randomToken(random);
        if (!tokens.contains(other)) {
          assertThat(table.find(other)).isEqualTo(TokenTable.NONE);
        }
      }
    }
  }

  @Test
  void aPolynomialIsMadeCharacterByCharacter() {
    TokenTable table = table(List.of("a"), (1 << 30) - 1);
    long polynomial = table.polynomial("");
    for (int i = 1; i <= 100_000; i++) {
      polynomial = table.extend(polynomial, '\uffff');
      assertThat(polynomial).isBetween(0L, (1L << 33) - 1);
    }
    assertThat(polynomial).isEqualTo(table.polynomial("\uffff".repeat(100_000)));
  }

  private static String randomToken(Random random) {
    StringBuilder token = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      token.append((char) (random.nextInt(20) == 0 ? random.nextInt(0xd800) : 'a' + i % 8));
      token.append((char) ('a' + random.nextInt(8)));
    }
    return token.toString();
  }

  private static int find(TokenTable table, String prefix, char[] text, int start, int end) {
    String token = prefix + new String(text, start, end - start);
    return table.find(table.polynomial(token), prefix, text, start, end);
  }

  private static TokenTable table(List<String> tokens, int factor) {
    int[] starts = new int[tokens.size() + 1];
    for (int id = 0; id < tokens.size(); id++) {
      starts[id + 1] = starts[id] + tokens.get(id).length();
    }
    TokenTable table = new TokenTable(String.join("", tokens).toCharArray(), starts, factor);
    for (int id = 0; id < tokens.size(); id++) {
      assertThat(table.add()).isEqualTo(TokenTable.NONE);
    }
    return table;
  }
}
