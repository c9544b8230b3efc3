package io.github.visualbert.cli.evaluate;

import java.util.HashMap;
import java.util.Map;

/**
 * Contractions that the official evaluation of VQA knows when one of their apostrophes is missing.
 * Those that would then be other words are left alone: {@code she'll}, {@code we'd}, {@code it's}.
 */
final class Contractions {
  private static final String CONTRACTIONS =
      """
      ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've
      hasn't haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am
      might've mightn't mightn't've must've mustn't needn't not've o'clock oughtn't 'ow's'at
      shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
      someone'd someone'd've someone'll someone's something'd something'd've something'll that's
      there'd there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't
      we'd've we've weren't what'll what're what's what've when's where'd where's where've who'd
      who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've y'all
      y'all'd've y'all'll you'd you'd've you'll you're you've
      """;

  private static final Map<String, String> COMPLETE = new HashMap<>();

  static {
    for (String contraction : CONTRACTIONS.strip().split("\\s+")) {
      for (int i = 0; i < contraction.length(); i++) {
        if (contraction.charAt(i) == '\'') {
          COMPLETE.put(contraction.substring(0, i) + contraction.substring(i + 1), contraction);
        }
      }
    }
    COMPLETE.put("somebody'd", "somebodyd"); // the wrong way round, as in the official list
  }

  private Contractions() {}

  /**
   * Returns a lower-case word with its missing apostrophe, or the word itself if none is missing.
   */
  static String complete(String word) {
    return COMPLETE.getOrDefault(word, word);
  }
}
