package io.github.visualbert.text;

import java.util.Arrays;
import java.util.Map;

/**
 * All tokens of a vocabulary as a tree with a character on every edge, so that the longest token at
 * some place of a text is found in one walk, without a string or a hash.
 *
 * <p>Nodes are numbered breadth first, which puts the children of a node side by side in the order
 * of their characters: a child is found by binary search, three flat arrays hold everything, and no
 * choice of tokens makes it slow to build or to search.
 */
final class TokenTrie {
  static final int ROOT = 0;
  static final int NONE = -1;

  /** The character on the edge into a node. */
  private final char[] edge;

  /** The first child of a node; its last is the one before the first child of the next node. */
  private final int[] firstChild;

  /** The id of the token that ends at a node, or {@link #NONE}. */
  private final int[] token;

  /** Builds the tree of tokens, each with its id. */
  TokenTrie(Map<String, Integer> ids) {
    String[] sorted = ids.keySet().toArray(String[]::new);
    Arrays.sort(sorted);
    // Token i is chars[begin[i]] to chars[begin[i + 1] - 1]: this runs once, in the interpreter,
    // where arrays are faster than strings.
    int[] begin = new int[sorted.length + 1];
    for (int i = 0; i < sorted.length; i++) {
      begin[i + 1] = begin[i] + sorted[i].length();
    }
    char[] chars = new char[begin[sorted.length]];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i].getChars(0, sorted[i].length(), chars, begin[i]);
    }

    int nodes = countNodes(chars, begin);
    edge = new char[nodes];
    firstChild = new int[nodes + 1];
    token = new int[nodes];
    // The tokens below a node are from[node] to to[node] - 1, and share depth[node] characters.
    int[] from = new int[nodes];
    int[] to = new int[nodes];
    int[] depth = new int[nodes];
    to[ROOT] = sorted.length;
    int next = 1;
    for (int node = ROOT; node < nodes; node++) {
      firstChild[node] = next;
      token[node] = NONE;
      int i = from[node];
      int shared = depth[node];
      if (i < to[node] && begin[i] + shared == begin[i + 1]) {
        token[node] = ids.get(sorted[i++]);
      }
      while (i < to[node]) {
        char c = chars[begin[i] + shared];
        edge[next] = c;
        depth[next] = shared + 1;
        from[next] = i;
        while (i < to[node] && chars[begin[i] + shared] == c) {
          i++;
        }
        to[next++] = i;
      }
    }
    firstChild[nodes] = next;
  }

  /**
   * Returns the root and one node for every character that a token does not share with the one
   * before it.
   */
  private static int countNodes(char[] chars, int[] begin) {
    int nodes = 1;
    for (int i = 0; i + 1 < begin.length; i++) {
      int length = begin[i + 1] - begin[i];
      int shared =
          i == 0
              ? 0
              : Arrays.mismatch(chars, begin[i - 1], begin[i], chars, begin[i], begin[i + 1]);
      nodes += shared < 0 ? 0 : length - shared;
    }
    return nodes;
  }

  /** Returns the node that {@code c} leads to, or {@link #NONE}. */
  int child(int node, char c) {
    int child = Arrays.binarySearch(edge, firstChild[node], firstChild[node + 1], c);
    return child < 0 ? NONE : child;
  }

  /** Returns the node that a prefix leads to from the root, or {@link #NONE}. */
  int walk(CharSequence prefix, int start, int end) {
    int node = ROOT;
    for (int i = start; i < end && node != NONE; i++) {
      node = child(node, prefix.charAt(i));
    }
    return node;
  }

  /** Returns the id of the token that ends at a node, or {@link #NONE}. */
  int token(int node) {
    return node == NONE ? NONE : token[node];
  }
}
