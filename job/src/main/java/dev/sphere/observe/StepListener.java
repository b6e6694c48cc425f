package dev.sphere.observe;

/** Hears what becomes of the scrapes of a service. */
public interface StepListener {

    void closed(Step step);

    void counted(Irregularity irregularity, long times);
}
