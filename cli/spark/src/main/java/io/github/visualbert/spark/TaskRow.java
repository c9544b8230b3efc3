package io.github.visualbert.spark;

import java.util.List;
import java.util.Map;

/**
 * The values of a row that a task reads, as Spark gives them to programs.
 *
 * @param id for messages; null where rows have none
 * @param texts the fields of the task, as {@code Json.object} takes them; without those that are
 *     null
 * @param field the one that gives the pictures, for messages
 * @param pictures see {@link PictureValues}
 */
record TaskRow(Object id, Map<String, Object> texts, String field, List<Object> pictures) {}
