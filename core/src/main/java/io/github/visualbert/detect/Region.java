package io.github.visualbert.detect;

/**
 * A region that a detector found.
 *
 * @param proposal its index among the proposals, the most probable object first
 * @param x1 the left edge in pixels of the picture
 * @param y1 the upper edge
 * @param x2 the right edge
 * @param y2 the lower edge
 * @param objectId its class, from 0
 * @param object the name of the class, or null when there are no labels
 * @param confidence the probability of the class
 * @param selectionConfidence what the region was selected by: the confidence, or of a detector that
 *     suppresses overlapping regions class by class, the probability of the most probable class
 *     that no better region took from it; 0 when each was taken
 * @param attributeId the most probable attribute, from 0; -1 when the detector knows none
 * @param attribute the name of the attribute, or null when there are no labels
 * @param attributeConfidence the probability of the attribute; 0 when the detector knows none
 */
public record Region(
    int proposal,
    float x1,
    float y1,
    float x2,
    float y2,
    int objectId,
    String object,
    float confidence,
    float selectionConfidence,
    int attributeId,
    String attribute,
    float attributeConfidence) {}
