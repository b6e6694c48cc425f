# The job in application mode. Flink's image brings the Prometheus reporter in plugins/ already.
# docker build -f flink-k8s/job.Dockerfile -t sphere-job:0.1.0 .
FROM flink:2.2.1-java17
COPY job/target/sphere-job-all.jar /opt/flink/usrlib/sphere-job-all.jar
# The image's user flink.
USER 9999:9999
