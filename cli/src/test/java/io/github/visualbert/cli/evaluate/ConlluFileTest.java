package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.cli.evaluate.CharacterAlignment.Place;
import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConlluFileTest {
  @TempDir private Path folder;

  /** Returns a file of rows "ID FORM HEAD DEPREL"; a line of one word is taken as it is. */
  private ConlluFile file(String rows) {
    StringBuilder text = new StringBuilder();
    for (String row : rows.split("~", -1)) {
      String[] columns = row.strip().split(" ");
      text.append(
          columns.length != 4 || row.strip().startsWith("#")
              ? row.strip()
              : "%s\t%s\t_\t_\t_\t_\t%s\t%s\t_\t_"
                  .formatted(columns[0], columns[1], columns[2], columns[3]));
      text.append('\n');
    }
    return ConlluFile.read(Texts.write(folder.resolve("a.conllu"), text.toString()));
  }

  private FlickrCaption caption(String id, String text) {
    return new FlickrCaption(new Line(folder, 1), id, "77", 9, 9, text, List.of());
  }

  /** Words are shown as the text has them; those that are not found as a dash. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A man sits . | 1 A 2 det~2 man 3 nsubj~3 sits 0 root~4 . 3 punct | A man sits .",
        // ranges whose words spell them, and others
        "he doesn't sit | 1 he 4 n~2-3 doesn't _ _~2 does 4 aux~3 n't 4 advmod~4 sit 0 root"
            + " | he does n't sit",
        "la barba del nonno | 1 la 2 det~2 barba 0 root~3-4 del _ _~3 di 5 case~4 il 5 det"
            + "~5 nonno 2 nmod | la barba del del nonno",
        // empty nodes
        "he sits | 1 he 2 nsubj~1.1 who _ _~2 sits 0 root~2.1 not _ _ | he sits",
        // other tokenisations
        "a t-shirt | 1 a 4 det~2 t 4 x~3 - 4 punct~4 shirt 0 root | a t - shirt",
        "he does n't | 1 he 2 n~2 doesn't 0 root | he does_n't",
        "can not | 1 cannot 0 root | can_not",
        "A Man | 1 a 2 det~2 man 0 root | A Man",
        // rows that the text does not have, or has in another way
        "a ( red ) car | 1 a 5 det~2 -LRB- 3 p~3 red 5 amod~4 -RRB- 3 p~5 car 0 root"
            + " | a - red - car",
        "another man | 1 a 2 det~2 man 0 root | - man",
      })
  void wordsAreAlignedByCharacters(String text, String rows, String expected) {
    String named = "# sent_id = 77.jpg#3~" + rows;
    ConlluSentence sentence = file(named).find(caption("77#3", text));
    CharacterAlignment alignment = CharacterAlignment.of(text, sentence);
    List<String> found =
        IntStream.rangeClosed(1, sentence.words().size())
            .mapToObj(alignment::place)
            .map(place -> shown(text, place))
            .toList();
    assertThat(String.join(" ", found)).isEqualTo(expected);
    assertThat(alignment.lost())
        .hasSize((int) found.stream().filter("-"::equals).count() - (text.contains("-") ? 1 : 0));
  }

  private static String shown(String text, Place place) {
    return place == null ? "-" : text.substring(place.begin(), place.end()).replace(' ', '_');
  }

  @Test
  void sentencesAreFoundByTheirNameOrTheirCharacters() {
    ConlluFile file =
        file("# sent_id = 77#0~1 one 0 root~~1 A 2 det~2 man 0 root~~# text = b~1 b 0 root~");
    assertThat(file.find(caption("77#0", "two")).words().getFirst().form()).isEqualTo("one");
    assertThat(file.find(caption("77#1", "a  MAN")).words()).hasSize(2);
    assertThat(file.find(caption("77#2", "b")).line().number()).isEqualTo(8);
    assertThat(file.find(caption("77#3", "a dog"))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 a 0 | line 1: expected 10 columns of CoNLL-U with tabs between them, found 1",
        "# x~x a 0 root | line 2: expected an ID like 3, 3-4 or 3.1, found 'x'",
        "1 a 0 root~3 b 1 x | line 2: expected word 2, found 3",
        "2-1 a _ _ | line 1: expected word 1, found 2-1",
        "1 a 0 root~2-1 a _ _ | line 2: expected a range of words, found 2-1",
        "1 a x root | line 1: expected the number of a word as HEAD, found 'x'",
        "1 a 2 det | line 1: \"a\" depends on word 2 of 1",
        "1-2 ab _ _~1 a 0 root | line 1: expected as many words as the range says",
        "# sent_id = 7~1 a 0 root~~# sent_id = 7.jpg~1 a 0 root | line 5: sentence 7 is there"
            + " already",
      })
  void saysWhatIsWrong(String rows, String message) {
    assertThatThrownBy(() -> file(rows))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("a.conllu") + ": " + message);
  }
}
