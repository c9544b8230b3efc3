package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.weights.Pickled.StorageValue;

/**
 * What the values of a kind of pickle are made of: every name that one may speak of, as an
 * arrangement of values. Nothing is called.
 */
interface PickledObjects {
  MappedFile file();

  /** Learns where the values are read, for messages; called before anything else. */
  void readFrom(PickleInput input);

  /** Returns what a pickle means by a name; throws for every name that is not on the list. */
  Pickled find(String module, String name);

  /** Returns the value of a name applied to arguments. */
  Object make(Object name, Object arguments);

  /** Gives an object its state. */
  void build(Object target, Object state);

  /** Returns the storage of a persistent id. */
  StorageValue storage(Object id);

  /** Reads past a run of bytes and returns its value. */
  Object bytes(long length);

  /** Reads a text of UTF-8. */
  Object text(long length);

  /** Reads a string of Python 2, which is text or bytes. */
  Object string(long length);

  /** Returns the exception for something that is not data. */
  ModelException hostile(String name);
}
