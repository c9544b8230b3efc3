package io.github.visualbert.model;

/** A head on the encoder: one class for each of transformers. */
public sealed interface Head
    permits QuestionAnsweringHead,
        PreTrainingHead,
        MultipleChoiceHead,
        VisualReasoningHead,
        RegionToPhraseHead {}
