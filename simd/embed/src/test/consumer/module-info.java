/** A project that embeds VisualBERT as a module. */
module consumer {
  requires io.github.visualbert;
}
