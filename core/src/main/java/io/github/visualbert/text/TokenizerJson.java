package io.github.visualbert.text;

import java.util.List;

/**
 * What a {@code tokenizer.json} states.
 *
 * @param config the settings; the names of padding and mask are the usual ones where the file does
 *     not tell them
 * @param addedTokens the tokens that are cut out of a text before it is split into words
 */
record TokenizerJson(Vocabulary vocabulary, TokenizerConfig config, List<String> addedTokens) {}
