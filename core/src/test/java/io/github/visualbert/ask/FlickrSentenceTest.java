package io.github.visualbert.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.InputException;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlickrSentenceTest {
  @Test
  void marksAreTakenOut() {
    FlickrSentence sentence =
        FlickrSentence.of(
            "[/EN#283585/people Two young guys] with [/EN#283587/bodyparts/other shaggy hair] look"
                + " at [/EN#283588/bodyparts their hands] .");
    assertThat(sentence.caption())
        .isEqualTo("Two young guys with shaggy hair look at their hands .");
    assertThat(sentence.phrases())
        .containsExactly(new Phrase(0, 14), new Phrase(20, 31), new Phrase(40, 51));
    assertThat(sentence.marks().get(1))
        .isEqualTo(
            new FlickrSentence.Mark(
                "283587", List.of("bodyparts", "other"), "shaggy hair", new Phrase(20, 31)));
    for (FlickrSentence.Mark mark : sentence.marks()) {
      assertThat(sentence.caption().substring(mark.phrase().begin(), mark.phrase().end()))
          .isEqualTo(mark.words());
    }
  }

  @Test
  void aCaptionMayHaveNoMarks() {
    assertThat(FlickrSentence.of("Nobody is here ."))
        .isEqualTo(new FlickrSentence("Nobody is here .", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a [/EN#1/people man", "a [/EN#1 man]", "a [/EN#/people man]", "[/EN#1]"})
  void refusesWhatIsNoMark(String line) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> FlickrSentence.of(line))
        .withMessageContaining("expected [/EN#id/type words], found [/EN#");
  }
}
