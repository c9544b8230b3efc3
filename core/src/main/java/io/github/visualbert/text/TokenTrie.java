package io.github.visualbert.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

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

  /**
   * Builds the tree of tokens that differ from each other; the id of a token is its place in the
   * list.
   */
  TokenTrie(List<String> tokens) {
    Integer[] sorted = new Integer[tokens.size()];
    Arrays.setAll(sorted, id -> id);
    Arrays.sort(sorted, Comparator.comparing(tokens::get));

    int nodes = countNodes(tokens, sorted);
    edge = new char[nodes];
    firstChild = new int[nodes + 1];
    token = new int[nodes];
    // The tokens below a node are sorted[from[node]] to sorted[to[node] - 1], and share depth[node]
    // characters.
    int[] from = new int[nodes];
    int[] to = new int[nodes];
    int[] depth = new int[nodes];
    to[ROOT] = sorted.length;
    int next = 1;
    for (int node = ROOT; node < nodes; node++) {
      firstChild[node] = next;
      token[node] = NONE;
      int i = from[node];
      if (i < to[node] && tokens.get(sorted[i]).length() == depth[node]) {
        token[node] = sorted[i++];
      }
      while (i < to[node]) {
        char c = tokens.get(sorted[i]).charAt(depth[node]);
        edge[next] = c;
        depth[next] = depth[node] + 1;
        from[next] = i;
        while (i < to[node] && tokens.get(sorted[i]).charAt(depth[node]) == c) {
          i++;
        }
        to[next++] = i;
      }
    }
    firstChild[nodes] = next;
  }

  /**
   * Returns the root and one node for every character that a token does not share with the one
   * sorted before it.
   */
  private static int countNodes(List<String> tokens, Integer[] sorted) {
    int nodes = 1;
    String previous = "";
    for (Integer id : sorted) {
      String current = tokens.get(id);
      int shared = 0;
      while (shared < Math.min(previous.length(), current.length())
          && previous.charAt(shared) == current.charAt(shared)) {
        shared++;
      }
      nodes += current.length() - shared;
      previous = current;
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
