# docker build -f flink-k8s/bridge.Dockerfile -t sphere-bridge:0.1.0 .
FROM eclipse-temurin:17-jre-noble
COPY prometheus-bridge/target/sphere-bridge-all.jar /opt/sphere/sphere-bridge-all.jar
USER 10001:10001
EXPOSE 9464
ENTRYPOINT ["java", "-jar", "/opt/sphere/sphere-bridge-all.jar"]
