/**
 * The BERT tokenizer: text to the ids that a model reads.
 *
 * <p>{@link io.github.visualbert.text.BertTokenizer} is the entry point. A text passes the steps of
 * the reference (Hugging Face tokenizers) in its order: special tokens are cut out, the rest is
 * normalised, split into words, and each word into the longest pieces the vocabulary has. What each
 * step does to each code point is data, not the JDK's Unicode tables, which differ from the
 * reference's and grow with every release.
 */
package io.github.visualbert.text;
