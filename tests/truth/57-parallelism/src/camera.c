int camera;
